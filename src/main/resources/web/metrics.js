// The metrics: totals, the table with its details, growth and storage.

import { get, poll } from './api.js';
import { amount, bytes, count, NOTHING, percent, time } from './format.js';
import { breakable, button, byId, copyButton, element, notice } from './page.js';
import { statements } from './sql.js';
import { Table } from './table.js';

const INTERVAL = 15000;

const saved = metric => (metric.unpacked > 0 ? 1 - metric.packed / metric.unpacked : -Infinity);
const number = value => element('span', value === 0 ? { class: 'zero' } : null, count(value));
const share = metric => (metric.unpacked > 0 ? percent(saved(metric)) : element('span', { class: 'zero' }, NOTHING));

function labelTable(labels) {
  if (labels.length === 0) {
    return element('p', { class: 'quiet' }, 'Its series have no labels.');
  }
  const head = ['Label', 'Values', 'In new series'].map((title, index) =>
    element('th', { scope: 'col', class: index > 0 ? 'number' : null }, title));
  const rows = labels.map(label => element('tr', null,
    element('th', { scope: 'row' }, label.key),
    element('td', { class: 'number' }, count(label.values)),
    element('td', { class: 'number' }, number(label.created))));
  return element('table', null,
    element('caption', { class: 'unseen' }, 'Its label names'),
    element('thead', null, element('tr', null, ...head)), element('tbody', null, ...rows));
}

function sqlBlock({ title, sql }) {
  return element('div', null,
    element('h3', null, title),
    element('div', { class: 'sql' },
      element('pre', { tabindex: '0', 'aria-label': title }, element('code', null, sql)),
      copyButton('Copy', { 'aria-label': `Copy: ${title}` }, sql)));
}

function figures(metric) {
  const values = [
    ['Samples', amount(metric.samples)],
    ['On disk', bytes(metric.bytes)],
    ['Packed', metric.unpacked > 0 ? `${bytes(metric.packed)}, before ${bytes(metric.unpacked)}` : 'nothing yet'],
    ['New series in the last hour', count(metric.created)],
  ];
  return element('dl', { class: 'figures' }, ...values.map(([name, value]) =>
    element('div', null, element('dt', null, name), element('dd', null, value))));
}

// What is asked for when a row opens follows a moment later.
function detail(metric) {
  const more = element('div', { 'aria-live': 'polite' }, element('p', { class: 'quiet' }, 'Loading …'));
  get(`metric?name=${encodeURIComponent(metric.name)}`).then(answer => {
    more.replaceChildren(
      ...(answer.help ? [element('p', { class: 'help' }, answer.help)] : []),
      element('h3', null, `Labels; kept for ${answer.retention}`), labelTable(answer.labels));
  }, problem => more.replaceChildren(element('p', { class: 'quiet' }, problem.message)));
  return element('div', null, figures(metric), more,
    ...statements(metric.name, metric.view).map(sqlBlock));
}

const name = { title: 'Metric', value: metric => metric.name, show: metric => breakable(metric.name) };
const series = { title: 'Series', kind: 'number', value: metric => metric.series, show: metric => number(metric.series) };
const created = { title: 'New in 1 h', kind: 'number less', value: metric => metric.created, show: metric => number(metric.created) };
const samples = { title: 'Samples', kind: 'number less', value: metric => metric.samples, show: metric => amount(metric.samples) };
const disk = { title: 'Disk', kind: 'number', value: metric => metric.bytes, show: metric => bytes(metric.bytes) };
const packing = { title: 'Saved', kind: 'number less', value: saved, show: share };
const sql = {
  title: 'SQL', sortable: false, kind: 'number least',
  show: metric => copyButton('Copy',
    { 'aria-label': `Copy SQL for ${metric.name}`, 'data-focus': `copy ${metric.name}` },
    statements(metric.name, metric.view)[0].sql),
};

function metricsTable() {
  return new Table(byId('metrics-table'), {
    caption: 'metrics', key: metric => metric.name, pageSize: 15, detail, empty: 'Nothing has been stored yet.',
    columns: [name, series, created, samples, disk, packing, sql], sort: { column: 4, descending: true },
  });
}

function growthTable(all) {
  return new Table(byId('growth-table'), {
    caption: 'metrics that grew', key: metric => metric.name, pageSize: 12,
    empty: 'No metric has a new series.',
    columns: [
      { ...name, show: metric => button(breakable(metric.name), { class: 'link', 'data-focus': `grew ${metric.name}` }, () => {
        byId('search').value = '';
        all.filter(() => true);
        all.reveal(metric.name);
      }) },
      { ...created, kind: 'number', title: 'New' },
      series,
    ],
    sort: { column: 1, descending: true },
  });
}

// Bytes that are packed, and those that still land, beside the largest metric.
function meter(metric, most) {
  const bar = element('span', { class: 'meter', 'aria-hidden': 'true' }, element('span', { class: 'packed' }), element('span'));
  const [packed, landed] = bar.children;
  packed.style.width = `${metric.packed / most * 100}%`;
  landed.style.width = `${(metric.bytes - metric.packed) / most * 100}%`;
  return bar;
}

function storageTable() {
  let most = 1;
  const table = new Table(byId('storage-table'), {
    caption: 'metrics by storage', key: metric => metric.name, pageSize: 10, empty: 'Nothing has been stored yet.',
    columns: [
      name,
      { title: 'Packed and landed', kind: 'wide less', sortable: false, show: metric => meter(metric, most) },
      disk,
      { title: 'Of it packed', kind: 'number less', value: metric => metric.packed, show: metric => bytes(metric.packed) },
      { title: 'Before packing', kind: 'number less', value: metric => metric.unpacked, show: metric => bytes(metric.unpacked) },
      { ...packing, kind: 'number' },
    ],
    sort: { column: 2, descending: true },
  });
  byId('storage-table').prepend(element('p', { class: 'legend' },
    element('span', null, element('i', { class: 'packed' }), 'packed'),
    element('span', null, element('i'), 'landed, to be packed when its block closes')));
  return metrics => {
    most = Math.max(1, ...metrics.map(metric => metric.bytes));
    table.show(metrics.filter(metric => metric.bytes > 0));
  };
}

function totals(answer) {
  const sum = of => answer.metrics.reduce((total, metric) => total + of(metric), 0);
  const before = sum(metric => metric.unpacked);
  const after = sum(metric => metric.packed);
  const tiles = [
    ['Metrics', count(answer.total)],
    ['Series', count(sum(metric => metric.series))],
    ['New in the last hour', count(sum(metric => metric.created))],
    ['Samples, about', amount(sum(metric => metric.samples))],
    ['On disk', bytes(sum(metric => metric.bytes))],
    ['Saved by packing', bytes(before - after), before > 0 ? percent(1 - after / before) : 'nothing packed yet'],
  ];
  byId('totals').replaceChildren(...tiles.map(([term, value, more]) =>
    element('div', null, element('dt', null, term),
      element('dd', null, element('span', null, value), ' ', more ? element('small', null, more) : null))));
  const shown = answer.metrics.length < answer.total ? `; of ${count(answer.metrics.length)} metrics, the largest` : '';
  byId('totals-age').textContent = `As of ${time(Date.now())}${shown}`;
}

function search(table) {
  const field = byId('search');
  field.addEventListener('input', () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    table.filter(metric => words.every(word => metric.name.toLowerCase().includes(word)));
  });
}

export function startMetrics() {
  const all = metricsTable();
  const growth = growthTable(all);
  const storage = storageTable();
  search(all);
  poll('metrics', INTERVAL, answer => {
    notice('metrics-notice', '');
    totals(answer);
    all.show(answer.metrics);
    growth.show(answer.metrics.filter(metric => metric.created > 0));
    storage(answer.metrics);
  }, problem => notice('metrics-notice', `The metrics cannot be shown: ${problem}`));
}
