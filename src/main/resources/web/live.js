// What the daemon takes in now.

import { poll } from './api.js';
import { Chart } from './chart.js';
import { duration, rate, seconds, time } from './format.js';
import { byId, notice } from './page.js';

const INTERVAL = 5000;

const CHARTS = [
  { title: 'Samples', format: rate, lines: [['stored', 'samples'], ['rejected', 'rejected']] },
  { title: 'Latency of a write', format: seconds, empty: 'no request yet', lines: [['median', 'median'], ['p99', 'p99']] },
  { title: 'Requests', format: rate, lines: [['answered', 'requests'], ['failed', 'failures']] },
  { title: 'New series', format: rate, lines: [['first seen', 'series']] },
];

function state(text, kind) {
  const place = byId('state');
  place.className = `state ${kind}`;
  if (place.textContent !== text) {
    place.textContent = text;
  }
}

/** @param listeners get the figures of each answer */
export function startLive(listeners) {
  const charts = CHARTS.map(({ title, format, empty }) => new Chart(title, format, time, { empty }));
  charts.forEach(chart => chart.show([], []));
  byId('charts').append(...charts.map(chart => chart.root));
  poll('live', INTERVAL, figures => {
    charts.forEach((chart, index) => chart.show(
      figures.time, CHARTS[index].lines.map(([name, column]) => ({ name, values: figures[column] }))));
    listeners.forEach(listener => listener.live(figures));
    state(`Version ${figures.version}, up ${duration(Date.now() - figures.startedAt)}`, 'well');
    notice('live-notice', '');
  }, problem => {
    state('Not reachable', 'ill');
    notice('live-notice', `${problem}. What is shown may be old.`);
  });
}
