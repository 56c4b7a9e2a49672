// Energy and carbon of the last day, by scope; hidden while there are none.

import { poll } from './api.js';
import { Chart } from './chart.js';
import { carbon, energy, hour } from './format.js';
import { button, byId, notice } from './page.js';
import { Table } from './table.js';

const INTERVAL = 60000;
const TITLES = { ada: 'Everything', project: 'Projects', machine: 'Machines', user: 'Users' };

// All lines over all times of the scope; a line has a gap where nothing is known.
function lines(scope, column) {
  const times = [...new Set(scope.lines.flatMap(line => line.points.map(point => point[0])))].sort((a, b) => a - b);
  return {
    times: times.map(time => time * 1000),
    lines: scope.lines.map(line => {
      const values = new Map(line.points.map(point => [point[0], point[column]]));
      return { name: line.name, values: times.map(time => values.get(time) ?? null) };
    }),
  };
}

export function startEnergy() {
  const charts = [
    new Chart('Energy in each quarter of an hour', energy, hour),
    new Chart('Carbon in each quarter of an hour, CO₂ equivalent', carbon, hour),
  ];
  byId('energy-charts').append(...charts.map(chart => chart.root));
  const table = new Table(byId('energy-table'), {
    caption: 'energy and carbon of the last 24 hours', key: line => line.name, pageSize: 10, empty: 'Nothing in the last 24 hours.',
    columns: [
      { title: 'Last 24 hours', value: line => line.name, show: line => line.name },
      { title: 'Energy', kind: 'number', value: line => line.kwh, show: line => energy(line.kwh) },
      { title: 'Carbon', kind: 'number', value: line => line.gco2eq, show: line => carbon(line.gco2eq) },
    ],
    sort: { column: 1, descending: true },
  });
  let scopes = [];
  let watts = null;
  let chosen = null;

  function show() {
    const scope = scopes.find(one => one.scope === chosen) ?? scopes[0];
    byId('scopes').querySelectorAll('button').forEach(choice =>
      choice.setAttribute('aria-pressed', String(choice.dataset.scope === scope.scope)));
    charts.forEach((chart, index) => {
      const { times, lines: drawn } = lines(scope, index + 1);
      chart.show(times, drawn);
    });
    table.show(scope.lines);
    byId('energy-remarks').textContent = [
      watts && `Energy is an estimate where no meter measures it: ${watts[0]} W for a busy CPU, ${watts[1]} W for an idle one.`,
      scope.lines.some(line => line.gco2eq == null) && 'Carbon is unknown where no carbon intensity is known.',
    ].filter(Boolean).join(' ');
  }

  function choices() {
    const wanted = scopes.map(one => one.scope).join();
    if (byId('scopes').dataset.scopes !== wanted) {
      byId('scopes').dataset.scopes = wanted;
      byId('scopes').replaceChildren(...scopes.map(({ scope }) => button(TITLES[scope], { 'data-scope': scope }, () => {
        chosen = scope;
        show();
      })));
    }
  }

  poll('energy', INTERVAL, answer => {
    ({ scopes, watts } = answer);
    notice('energy-notice', '');
    byId('energy').hidden = scopes.length === 0;
    byId('energy-link').hidden = scopes.length === 0;
    if (scopes.length > 0) {
      choices();
      show();
    }
  }, problem => notice('energy-notice', `Energy and carbon cannot be shown: ${problem}`));
}
