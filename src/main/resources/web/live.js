// What the daemon takes in now.

import { poll } from './api.js';
import { Chart } from './chart.js';
import { duration, rate, seconds, time } from './format.js';
import { byId, element, notice } from './page.js';

const INTERVAL = 5000;

const CHARTS = [
  { title: 'Samples', format: rate, lines: [['stored', 'samples'], ['rejected', 'rejected']] },
  { title: 'Latency of a write', format: seconds, empty: 'no request yet', lines: [['median', 'median'], ['p99', 'p99']] },
  { title: 'Requests', format: rate, lines: [['answered', 'requests'], ['failed', 'failures']] },
  { title: 'New series', format: rate, lines: [['first seen', 'series']] },
];

/** @param worries names of facts in Health to look at */
function state(text, kind, worries = []) {
  const place = byId('state');
  const more = worries.length > 0 ? `, look at: ${worries.join(', ')}` : '';
  place.className = `state ${kind}`;
  if (place.textContent !== text + more) {
    place.replaceChildren(text, ...(more ? [element('a', { href: '#health' }, more)] : []));
  }
}

/**
 * @param listeners get the figures of each answer
 * @param health says which facts are a worry
 */
export function startLive(listeners, health) {
  const charts = CHARTS.map(({ title, format, empty }) => new Chart(title, format, time, { empty }));
  charts.forEach(chart => chart.show([], []));
  byId('charts').append(...charts.map(chart => chart.root));
  poll('live', INTERVAL, figures => {
    charts.forEach((chart, index) => chart.show(
      figures.time, CHARTS[index].lines.map(([name, column]) => ({ name, values: figures[column] }))));
    listeners.forEach(listener => listener.live(figures));
    state(`Version ${figures.version}, up ${duration(Date.now() - figures.startedAt)}`,
      health.worries().length > 0 ? 'worry' : 'well', health.worries());
    notice('live-notice', '');
  }, problem => {
    state('Not reachable', 'ill');
    notice('live-notice', `${problem}. What is shown may be old.`);
  });
}
