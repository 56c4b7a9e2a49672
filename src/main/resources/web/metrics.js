// The metrics: totals, the table with its details, growth and storage.

import { poll } from './api.js';
import { amount, bytes, count, NOTHING, percent, time } from './format.js';
import { opened } from './opened.js';
import { breakable, button, byId, copyButton, element, notice } from './page.js';
import { statements } from './sql.js';
import { Table } from './table.js';

const INTERVAL = 15000;
const OWN = /^(promgres|hikaricp)_/;
const LEAST_OF_FAMILY = 3;
const MOST_FAMILIES = 6;

const saved = metric => (metric.unpacked > 0 ? 1 - metric.packed / metric.unpacked : -Infinity);
const number = value => element('span', value === 0 ? { class: 'zero' } : null, count(value));
// A block of few samples may take more packed than landed.
const share = metric => (metric.unpacked > metric.packed ? percent(saved(metric)) : element('span', { class: 'zero' }, NOTHING));

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
    caption: 'metrics', key: metric => metric.name, pageSize: 15, detail: opened, empty: 'Nothing has been stored yet.',
    columns: [name, series, created, samples, disk, packing, sql], sort: { column: 0, descending: false },
  });
}

function growthTable(all, choice) {
  return new Table(byId('growth-table'), {
    caption: 'metrics that grew', key: metric => metric.name, pageSize: 12,
    empty: 'No metric has a new series.',
    columns: [
      { ...name, show: metric => button(breakable(metric.name), { class: 'link', 'data-focus': `grew ${metric.name}` }, () => {
        choice.clear();
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
    ['Samples on disk', bytes(sum(metric => metric.bytes))],
    ['Saved by packing', before > after ? bytes(before - after) : 'not yet', before > after ? percent(1 - after / before) : null],
  ];
  byId('totals').replaceChildren(...tiles.map(([term, value, more]) =>
    element('div', null, element('dt', null, term),
      element('dd', null, element('span', null, value), ' ', more ? element('small', null, more) : null))));
  const shown = answer.metrics.length < answer.total ? `; of ${count(answer.metrics.length)} metrics, the largest` : '';
  byId('totals-age').textContent = `As of ${time(Date.now())}${shown}`;
}

const isOwn = metric => OWN.test(metric.name);

// Which metrics are shown: those that the words name, of one family, the daemon's own only if they are wanted or named.
class Choice {
  constructor(table) {
    this.table = table;
    this.own = false;
    this.family = null;
    this.field = byId('search');
    this.ownButton = button('', { id: 'own', 'aria-pressed': 'false' }, () => {
      this.own = !this.own;
      this.apply();
    });
    this.place = byId('families');
    this.place.append(this.ownButton);
    this.field.addEventListener('input', () => this.apply());
    this.apply();
  }

  apply() {
    const words = this.field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const named = words.some(word => OWN.test(word));
    this.table.filter(metric => words.every(word => metric.name.toLowerCase().includes(word))
      && (this.own || named || !isOwn(metric)) && (!this.family || metric.name.startsWith(this.family)));
    this.place.querySelectorAll('button').forEach(one => one.setAttribute('aria-pressed',
      String(one === this.ownButton ? this.own : one.dataset.family === this.family)));
  }

  /** Shows everything again. */
  clear() {
    this.field.value = '';
    this.own = true;
    this.family = null;
    this.apply();
  }

  /** Offers the families that have most metrics: what their names begin with. */
  offer(metrics) {
    const sizes = new Map();
    metrics.filter(metric => !isOwn(metric)).forEach(({ name: text }) => {
      const family = text.slice(0, text.indexOf('_') + 1);
      sizes.set(family, (sizes.get(family) ?? 0) + 1);
    });
    sizes.delete('');
    const families = [...sizes].filter(([, size]) => size >= LEAST_OF_FAMILY).sort((a, b) => b[1] - a[1]).slice(0, MOST_FAMILIES);
    const wanted = families.map(([family, size]) => `${family}* ${size}`).join();
    const own = metrics.filter(isOwn).length;
    this.ownButton.textContent = `promgres' own ${count(own)}`;
    this.ownButton.hidden = own === 0;
    if (this.place.dataset.families !== wanted) {
      this.place.dataset.families = wanted;
      this.place.replaceChildren(...families.map(([family, size]) =>
        button(`${family}* ${count(size)}`, { 'data-family': family }, () => {
          this.family = this.family === family ? null : family;
          this.apply();
        })), this.ownButton);
      this.apply();
    }
  }
}

/** @param first gets the number of metrics */
export function startMetrics(first) {
  const all = metricsTable();
  const choice = new Choice(all);
  const growth = growthTable(all, choice);
  const storage = storageTable();
  poll('metrics', INTERVAL, answer => {
    notice('metrics-notice', '');
    first.metrics(answer.metrics.filter(isOwn).length, answer.total);
    totals(answer);
    choice.offer(answer.metrics);
    all.show(answer.metrics);
    growth.show(answer.metrics.filter(metric => metric.created > 0));
    storage(answer.metrics);
  }, problem => notice('metrics-notice', `The metrics cannot be shown: ${problem}`));
}
