// The daemon's figures as JSON, asked again and again while somebody looks.

/** @param path below api/v1/status/; throws an Error whose message is for the viewer */
export async function get(path) {
  let answer;
  try {
    answer = await fetch(`api/v1/status/${path}`, { headers: { Accept: 'application/json' } });
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
