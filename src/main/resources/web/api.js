// The daemon's figures as JSON, asked again and again while somebody looks.

async function request(url, options) {
  let answer;
  try {
    answer = await fetch(url, { headers: { Accept: 'application/json' }, ...options });
  } catch {
    throw new Error('promgres does not answer');
  }
  if (answer.ok) {
    return answer.json();
  }
  let reason;
  try {
    reason = (await answer.json()).error;
  } catch {
    reason = answer.statusText;
  }
  throw new Error(reason || `promgres answers with status ${answer.status}`);
}

/** @param path below api/v1/status/; throws an Error whose message is for the viewer */
export const get = path => request(`api/v1/status/${path}`);

/** Asks the API that Prometheus has too; path is below api/v1/. */
export function ask(path, parameters) {
  const form = new URLSearchParams(parameters);
  return path.startsWith('label/')
    ? request(`api/v1/${path}?${form}`)
    : request(`api/v1/${path}`, { method: 'POST', body: form });
}

/** Asks now, and in intervals while the page can be seen. */
export function poll(path, interval, show, fail) {
  let timer;
  async function ask() {
    clearTimeout(timer);
    try {
      show(await get(path));
    } catch (problem) {
      fail(problem.message);
    }
    clearTimeout(timer);
    if (!document.hidden) {
      timer = setTimeout(ask, interval);
    }
  }
  document.addEventListener('visibilitychange', () => (document.hidden ? clearTimeout(timer) : ask()));
  ask();
}
