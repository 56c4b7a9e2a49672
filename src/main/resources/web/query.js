// An expression of PromQL: chart, table, and the SQL that says the same. Names are completed while it is typed.

import { ask } from './api.js';
import { Chart } from './chart.js';
import { Completion } from './completion.js';
import { hour, NOTHING, number, time } from './format.js';
import { byId, copyButton, element, notice, say } from './page.js';
import { Table } from './table.js';

const POINTS = 240;
const SHORTEST_STEP = 15;
const MOST_LINES = 6;

// The times of a range end at a whole step, so that asking again gives the same points.
function grid(seconds) {
  const step = Math.max(SHORTEST_STEP, Math.ceil(seconds / POINTS / SHORTEST_STEP) * SHORTEST_STEP);
  const end = Math.floor(Date.now() / 1000 / step) * step;
  return { start: end - seconds, end, step };
}

function name(metric) {
  const labels = Object.entries(metric).filter(([key]) => key !== '__name__').map(([key, value]) => `${key}="${value}"`);
  return (metric.__name__ ?? '') + (labels.length > 0 ? `{${labels.join(', ')}}` : '') || '{}';
}

// What a series has at each time of the grid; a histogram counts as its observations. Infinite values cannot be drawn.
function line(series, times) {
  const values = new Map([
    ...(series.values ?? []).map(([at, value]) => [at, Number(value.replace('Inf', 'Infinity'))]),
    ...(series.histograms ?? []).map(([at, histogram]) => [at, Number(histogram.count)]),
  ]);
  const all = times.map(at => values.get(at)).filter(value => value !== undefined);
  return {
    name: name(series.metric),
    last: all[all.length - 1],
    values: times.map(at => (Number.isFinite(values.get(at)) ? values.get(at) : null)),
  };
}

function sqlBox(sql) {
  return element('div', { class: 'sql' },
    element('pre', { tabindex: '0', 'aria-label': 'The same in SQL' }, element('code', null, sql)),
    copyButton('Copy', { 'aria-label': 'Copy: the same in SQL' }, sql));
}

export function startQuery() {
  const form = byId('query-form');
  const input = byId('expression');
  const chart = new Chart('Value', number, at => (Number(byId('query-range').value) > 86400 ? hour(at) : time(at)));
  chart.root.hidden = true;
  byId('query-chart').append(chart.root);
  const table = new Table(byId('query-table'), {
    caption: 'series of the answer', key: row => row.name, pageSize: 10, empty: 'No series.',
    columns: [
      { title: 'Series', value: row => row.name, show: row => row.name },
      { title: 'Last value', kind: 'number', value: row => row.last, show: row => (row.last === undefined ? NOTHING : String(row.last)) },
    ],
    sort: { column: 1, descending: true },
  });
  byId('query-table').hidden = true;
  new Completion(input, byId('completions'));
  let turn = 0;

  function show(answer, { start, end, step }) {
    const times = [];
    for (let at = start; at <= end; at += step) {
      times.push(at);
    }
    const lines = answer.data.result.map(series => line(series, times));
    const drawn = [...lines].sort((a, b) => (b.last ?? -Infinity) - (a.last ?? -Infinity)).slice(0, MOST_LINES);
    chart.root.hidden = false;
    chart.show(times.map(at => at * 1000), drawn);
    byId('query-table').hidden = false;
    table.show(lines);
    byId('query-remarks').textContent = [
      lines.length > MOST_LINES ? `The chart has the ${MOST_LINES} series with the greatest last values of ${lines.length}.` : '',
      ...(answer.warnings ?? []), ...(answer.infos ?? [])].filter(text => text).join(' ');
    say(`${lines.length} series`);
  }

  async function run() {
    const mine = ++turn;
    const times = grid(Number(byId('query-range').value));
    const query = input.value;
    try {
      const answer = await ask('query_range', { query, ...times });
      if (mine === turn) {
        notice('query-notice', '');
        show(answer, times);
      }
    } catch (problem) {
      if (mine === turn) {
        notice('query-notice', problem.message);
      }
    }
    let sql;
    try {
      sql = sqlBox((await ask('translate', { query, ...times })).data.sql);
    } catch (problem) {
      sql = element('p', { class: 'quiet' }, problem.message);
    }
    if (mine === turn) {
      byId('query-sql').replaceChildren(sql);
    }
  }

  form.addEventListener('submit', event => {
    event.preventDefault();
    run();
  });
  byId('query-range').addEventListener('change', () => input.value && run());
}
