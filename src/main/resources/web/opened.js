// An opened metric: its last hours, its newest sample, its labels with values, SQL to copy.

import { ask, get } from './api.js';
import { Chart } from './chart.js';
import { ago, amount, bytes, count, day, hour, number, seconds, time } from './format.js';
import { button, copyButton, element } from './page.js';
import { commonLabels, grid, labelText, lineOf, selector, timesOf } from './series.js';
import { statements } from './sql.js';

const MOST_LINES = 8;
const INTERVAL = 30000;
const RATE_WINDOW = 300;
const COUNTER = /_(total|count|sum|bucket)$/;
const DAY = 86400;
const RANGES = [['1 h', 3600], ['6 h', 21600], ['24 h', DAY], ['7 d', 7 * DAY]];

// What was chosen last is what the next metric begins with.
let chosen = RANGES[0][1];

// Without metadata the name tells. The name of a summary itself has quantiles, that of a native histogram counts.
function isCounter(name, type) {
  return type == null || type === 'summary' ? COUNTER.test(name) : type === 'counter' || type === 'histogram';
}

/** Makes values of a metric readable by the unit in its name. */
function unitOf(name, rate) {
  if (/_bytes(_total)?$/.test(name)) {
    return value => (value == null ? number(value) : bytes(value) + (rate ? '/s' : ''));
  }
  if (rate) {
    return value => (value == null ? number(value) : `${number(value)}/s`);
  }
  return /_seconds$/.test(name) && !/_(timestamp|time)_seconds$/.test(name) ? seconds : number;
}

/** A metric's expression for a chart: the rate of what counts, the value of everything else. */
function expression(selected, rate, step) {
  return rate ? `rate(${selected}[${Math.max(RATE_WINDOW, 2 * step)}s])` : selected;
}

class OpenedChart {
  constructor(metric, rate) {
    this.metric = metric;
    this.rate = rate;
    this.newest = Infinity;
    const at = moment => (chosen > DAY ? day : chosen > 3600 ? hour : time)(moment);
    this.chart = new Chart(rate ? 'Rate of each series, per second' : 'Value of each series', unitOf(metric.name, rate), at,
      { fromZero: rate, empty: 'no sample in this time' });
    this.chart.root.classList.add('opened');
    this.choices = element('div', { class: 'choice', role: 'group', 'aria-label': `Time shown of ${metric.name}` },
      ...RANGES.map(([text, length]) => button(text, { 'data-range': length }, () => this.choose(length))));
    this.said = element('p', { class: 'remarks' });
    this.root = element('div', { class: 'opened-chart' }, this.choices, this.chart.root, this.said);
    this.turn = 0;
    this.chart.show([], []);
  }

  choose(length) {
    chosen = length;
    this.draw();
  }

  // Which series to draw: all if they are few, else those with the greatest values where the metric has its newest sample.
  async selected(range) {
    const all = selector(this.metric.name);
    if (this.metric.series <= MOST_LINES) {
      return [all];
    }
    const time = Math.min(range.end, this.newest);
    const asked = expression(all, this.rate, range.step);
    for (const value of [asked, `histogram_count(${asked})`]) {
      const largest = await ask('query', { query: `topk(${MOST_LINES}, ${value})`, time });
      if (largest.data.result.length > 0) {
        return largest.data.result.map(({ metric: { __name__, ...labels } }) => selector(this.metric.name, labels));
      }
    }
    return [];
  }

  async draw() {
    const mine = ++this.turn;
    this.choices.querySelectorAll('button').forEach(choice =>
      choice.setAttribute('aria-pressed', String(Number(choice.dataset.range) === chosen)));
    const range = grid(chosen);
    try {
      const selectors = await this.selected(range);
      const query = selectors.map(one => expression(one, this.rate, range.step)).join(' or ');
      const answer = query ? await ask('query_range', { query, ...range }) : { data: { result: [] } };
      if (mine === this.turn) {
        this.show(answer.data.result.slice(0, MOST_LINES), timesOf(range));
      }
    } catch (problem) {
      if (mine === this.turn) {
        this.said.textContent = `It cannot be drawn: ${problem.message}`;
      }
    }
  }

  show(result, times) {
    const common = commonLabels(result.map(one => one.metric));
    const lines = result.map(series => ({
      ...lineOf(series, times),
      name: labelText(series.metric, result.length > 1 ? [...common, '__name__'] : ['__name__']),
    })).sort((a, b) => (b.last ?? -Infinity) - (a.last ?? -Infinity));
    this.chart.show(times.map(at => at * 1000), lines);
    const shared = result.length > 1 ? labelText(result[0].metric, Object.keys(result[0].metric).filter(key => !common.includes(key)).concat('__name__')) : '';
    this.said.textContent = [
      shared && `All of them: ${shared}.`,
      this.metric.series > MOST_LINES && result.length > 0 && `${result.length} of ${count(this.metric.series)} series, those with the greatest ${this.rate ? 'rates' : 'values'} now.`,
    ].filter(Boolean).join(' ');
  }
}

function labelTable(labels) {
  if (labels.length === 0) {
    return element('p', { class: 'quiet' }, 'Its series have no labels.');
  }
  const head = [['Label'], ['Values', 'number'], ['In new series', 'number less'], ['Most of its series have']].map(([title, kind]) =>
    element('th', { scope: 'col', class: kind }, title));
  const rows = labels.map(label => element('tr', null,
    element('th', { scope: 'row' }, label.key),
    element('td', { class: 'number' }, count(label.values)),
    element('td', { class: 'number less' }, count(label.created)),
    element('td', { class: 'some' }, ...label.some.map(value => element('code', null, value)),
      label.values > label.some.length ? element('span', { class: 'quiet' }, ` and ${count(label.values - label.some.length)} more`) : null)));
  return element('table', null,
    element('caption', { class: 'unseen' }, 'Its label names, with values'),
    element('thead', null, element('tr', null, ...head)), element('tbody', null, ...rows));
}

function sqlBlock({ title, sql }) {
  return element('div', null,
    element('h3', null, title),
    element('div', { class: 'sql' },
      element('pre', { tabindex: '0', 'aria-label': title }, element('code', null, sql)),
      copyButton('Copy', { 'aria-label': `Copy: ${title}` }, sql)));
}

function figure(name, ...value) {
  return element('div', null, element('dt', null, name), element('dd', null, ...value));
}

// The newest sample; its age grows while it is looked at.
class Newest {
  constructor(metric) {
    this.metric = metric;
    this.value = element('span', null, '…');
    this.age = element('span', { class: 'age' });
    this.root = figure('Newest sample', this.value, ' ', this.age);
  }

  async ask() {
    let sample;
    try {
      sample = await get(`newest?name=${encodeURIComponent(this.metric.name)}`);
    } catch (problem) {
      this.value.textContent = problem.status === 404 ? 'none yet' : `unknown: ${problem.message}`;
      return Infinity;
    }
    this.value.textContent = sample.stale ? 'the end of a series' : unitOf(this.metric.name, false)(Number(sample.value));
    this.value.title = `${sample.value} at ${new Date(sample.time).toISOString()}`;
    this.age.textContent = `${ago(sample.age * 1000)} ago`;
    return sample.time / 1000;
  }
}

/** The content of an opened row. It asks again in intervals until it hears that its row was closed. */
export function opened(metric) {
  const newest = new Newest(metric);
  const about = element('div', { 'aria-live': 'polite' }, element('p', { class: 'quiet' }, 'Loading …'));
  const place = element('div');
  const root = element('div', null,
    about, place,
    element('dl', { class: 'figures' }, newest.root,
      figure('Series', count(metric.series)),
      figure('Samples', amount(metric.samples)),
      figure('On disk', bytes(metric.bytes)),
      figure('Packed', metric.unpacked > 0 ? `${bytes(metric.packed)}, before ${bytes(metric.unpacked)}` : 'nothing yet')),
    ...statements(metric.name, metric.view).map(sqlBlock));
  let chart = null;
  let timer = null;
  async function refresh() {
    if (!document.hidden && root.isConnected) {
      const at = await newest.ask();
      if (chart) {
        chart.newest = at;
        await chart.draw();
      }
    }
  }
  async function begin() {
    let answer;
    try {
      answer = await get(`metric?name=${encodeURIComponent(metric.name)}`);
    } catch (problem) {
      about.replaceChildren(element('p', { class: 'quiet' }, problem.message));
      return;
    }
    about.replaceChildren(...(answer.help ? [element('p', { class: 'help' }, answer.help)] : []));
    chart = new OpenedChart(metric, isCounter(metric.name, answer.type));
    place.replaceChildren(chart.root);
    root.querySelector('.figures').append(figure('Kept for', answer.retention),
      ...(answer.type ? [figure('Type', answer.type)] : []));
    root.querySelector('.figures').after(element('h3', null, 'Labels'), labelTable(answer.labels));
    await refresh();
  }
  begin();
  timer = setInterval(refresh, INTERVAL);
  root.addEventListener('closed', () => clearInterval(timer));
  return root;
}
