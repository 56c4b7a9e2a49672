// The label names, and the values of each.

import { get, poll } from './api.js';
import { count } from './format.js';
import { byId, element, notice } from './page.js';
import { Table } from './table.js';

const INTERVAL = 15000;

function valueTable(answer) {
  const head = ['Value', 'Series', 'Metrics'].map((title, index) =>
    element('th', { scope: 'col', class: index > 0 ? 'number' : null }, title));
  const rows = answer.values.map(value => element('tr', null,
    element('th', { scope: 'row' }, value.value),
    element('td', { class: 'number' }, count(value.series)),
    element('td', { class: 'number' }, count(value.metrics))));
  return element('table', null,
    element('caption', { class: 'unseen' }, `Values of ${answer.key} with the most series`),
    element('thead', null, element('tr', null, ...head)), element('tbody', null, ...rows));
}

function detail(label) {
  const place = element('div', { 'aria-live': 'polite' }, element('p', { class: 'quiet' }, 'Loading …'));
  get(`label?key=${encodeURIComponent(label.key)}`).then(answer => {
    const all = answer.values.length === answer.total;
    place.replaceChildren(
      element('h3', null, all ? 'Its values, by series' : `The ${count(answer.values.length)} of ${count(answer.total)} values with most series`),
      element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `Values of ${answer.key}` }, valueTable(answer)));
  }, problem => place.replaceChildren(element('p', { class: 'quiet' }, problem.message)));
  return place;
}

export function startLabels() {
  const table = new Table(byId('labels-table'), {
    caption: 'label names', key: label => label.key, pageSize: 12, detail, empty: 'No series has a label yet.',
    columns: [
      { title: 'Label', value: label => label.key, show: label => label.key },
      { title: 'Values', kind: 'number', value: label => label.values, show: label => count(label.values) },
      { title: 'Metrics', kind: 'number', value: label => label.metrics, show: label => count(label.metrics) },
    ],
    sort: { column: 1, descending: true },
  });
  poll('labels', INTERVAL, answer => {
    notice('labels-notice', '');
    table.show(answer.labels);
  }, problem => notice('labels-notice', `The label names cannot be shown: ${problem}`));
}
