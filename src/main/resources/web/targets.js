// The targets that Prometheus scrapes: up, down or silent, since when, and how the last hour was.

import { ask } from './api.js';
import { duration, NOTHING, percent } from './format.js';
import { byId, element, notice } from './page.js';
import { labelText, lineOf, timesOf } from './series.js';
import { Table } from './table.js';

const INTERVAL = 30000;
const STEP = 60;
const HOUR = 3600;
const SVG = 'http://www.w3.org/2000/svg';
const WORDS = { up: 'Up', down: 'Down', silent: 'Silent' };

const stateOf = value => (value == null ? 'silent' : value > 0 ? 'up' : 'down');

/** A target of a series of `up` with its values in the last hour. */
function target(series, times) {
  const { values } = lineOf(series, times);
  const states = values.map(stateOf);
  const state = states[states.length - 1];
  const same = [...states].reverse().findIndex(one => one !== state);
  const known = values.filter(value => value != null);
  const { job = NOTHING, instance = labelText(series.metric), ...more } = series.metric;
  return {
    key: labelText(series.metric),
    job,
    instance,
    more: labelText(more),
    state,
    states,
    since: same < 0 ? null : same * STEP * 1000,
    share: known.length > 0 ? known.filter(value => value > 0).length / known.length : 0,
  };
}

function strip(states) {
  const picture = document.createElementNS(SVG, 'svg');
  const attributes = { class: 'strip', viewBox: `0 0 ${states.length} 10`, preserveAspectRatio: 'none', 'aria-hidden': 'true' };
  Object.entries(attributes).forEach(([name, value]) => picture.setAttribute(name, value));
  states.forEach((state, index) => {
    const bar = document.createElementNS(SVG, 'rect');
    Object.entries({ class: state, x: index, y: 0, width: 1, height: 10 }).forEach(([name, value]) => bar.setAttribute(name, value));
    picture.append(bar);
  });
  return picture;
}

const RANK = { down: 0, silent: 1, up: 2 };

function targetsTable() {
  return new Table(byId('targets-table'), {
    caption: 'targets', key: one => one.key, pageSize: 6,
    empty: 'No target yet: each scrape of Prometheus brings a sample of the metric up.',
    columns: [
      { title: 'Target', value: one => one.instance,
        show: one => element('span', null, one.instance, one.more ? element('small', { class: 'more' }, one.more) : null) },
      { title: 'Job', kind: 'less', value: one => one.job, show: one => one.job },
      { title: 'State', value: one => RANK[one.state], show: one => element('span', { class: `mark ${one.state}` }, WORDS[one.state]) },
      { title: 'Since', kind: 'number', value: one => one.since ?? Infinity, show: one => (one.since == null ? 'over 1 h' : duration(one.since)) },
      { title: 'Last hour', kind: 'wide less', sortable: false, show: one => strip(one.states) },
      { title: 'Scrapes up', kind: 'number', value: one => one.share, show: one => percent(one.share) },
    ],
    sort: { column: 2, descending: false },
  });
}

function summary(targets) {
  return Object.keys(WORDS).map(state => [targets.filter(one => one.state === state).length, WORDS[state].toLowerCase()])
    .filter(([size]) => size > 0).map(([size, word]) => `${size} ${word}`).join(', ');
}

export function startTargets() {
  const table = targetsTable();
  let timer;
  async function refresh() {
    clearTimeout(timer);
    const end = Math.floor(Date.now() / 1000);
    const range = { start: end - HOUR, end, step: STEP };
    try {
      const answer = await ask('query_range', { query: 'up', ...range });
      const targets = answer.data.result.map(series => target(series, timesOf(range)));
      notice('targets-notice', '');
      table.show(targets);
      byId('targets-summary').textContent = summary(targets);
    } catch (problem) {
      notice('targets-notice', `The targets cannot be shown: ${problem.message}`);
    }
    clearTimeout(timer);
    if (!document.hidden) {
      timer = setTimeout(refresh, INTERVAL);
    }
  }
  document.addEventListener('visibilitychange', () => (document.hidden ? clearTimeout(timer) : refresh()));
  refresh();
}
