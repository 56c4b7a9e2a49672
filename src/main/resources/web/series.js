// Series of PromQL's answers, and the times that are asked for.

const POINTS = 240;
const SHORTEST_STEP = 15;
const PLAIN_NAME = /^[a-zA-Z_]\w*$/;

/** The times of a range, in seconds; they end at a whole step, so that asking again gives the same points. */
export function grid(seconds) {
  const step = Math.max(SHORTEST_STEP, Math.ceil(seconds / POINTS / SHORTEST_STEP) * SHORTEST_STEP);
  const end = Math.floor(Date.now() / 1000 / step) * step;
  return { start: end - seconds, end, step };
}

/** All times of a grid, in seconds. */
export function timesOf({ start, end, step }) {
  const times = [];
  for (let at = start; at <= end; at += step) {
    times.push(at);
  }
  return times;
}

/** Labels as PromQL writes them, without the braces; what is in `left` is left out. */
export function labelText(metric, left = ['__name__']) {
  return Object.entries(metric).filter(([key]) => !left.includes(key)).map(([key, value]) => `${key}="${value}"`).join(', ');
}

/** A series as PromQL writes it. */
export function seriesName(metric) {
  const labels = labelText(metric);
  return (metric.__name__ ?? '') + (labels ? `{${labels}}` : '') || '{}';
}

/** What the labels of several series have in common. */
export function commonLabels(metrics) {
  return Object.keys(metrics[0] ?? {}).filter(key => metrics.every(one => one[key] === metrics[0][key]));
}

/** The selector of a metric's series with these labels, or of all its series. */
export function selector(name, labels = {}) {
  const matchers = Object.entries({ __name__: name, ...labels }).map(([key, value]) =>
    `${PLAIN_NAME.test(key) ? key : JSON.stringify(key)}=${JSON.stringify(value)}`);
  return `{${matchers.join(', ')}}`;
}

/** What a series has at each of some times; a histogram counts as its observations. Infinite values cannot be drawn. */
export function lineOf(series, times) {
  const values = new Map([
    ...(series.values ?? []).map(([at, value]) => [at, Number(value.replace('Inf', 'Infinity'))]),
    ...(series.histograms ?? []).map(([at, histogram]) => [at, Number(histogram.count)]),
  ]);
  const all = times.map(at => values.get(at)).filter(value => value !== undefined);
  return {
    name: seriesName(series.metric),
    last: all[all.length - 1],
    values: times.map(at => (Number.isFinite(values.get(at)) ? values.get(at) : null)),
  };
}
