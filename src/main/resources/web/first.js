// The first card: what to paste where nothing but the daemon's own metrics is stored, what is waited for, and when it has come.

import { ago, count } from './format.js';
import { byId, copyButton, element } from './page.js';

const QUERY = `promgres sql "SELECT time, value, labels FROM prom_metric.up ORDER BY time DESC LIMIT 5"`;

function block(title, text) {
  return element('div', null,
    element('h3', null, title),
    element('div', { class: 'sql' },
      element('pre', { tabindex: '0', 'aria-label': title }, element('code', null, text)),
      copyButton('Copy', { 'aria-label': `Copy: ${title}` }, text)));
}

function waiting({ first, refusals }) {
  if (first.time) {
    return `Samples come in: the first write came ${ago(Date.now() - first.time)} ago, from ${first.client}. Their metrics appear below within seconds.`;
  }
  if (refusals.length > 0) {
    return `Waiting for the first write. ${count(refusals[0].count)} refused so far, the last ${ago(Date.now() - refusals[0].time)} ago, from ${refusals[0].client}: see below.`;
  }
  return 'Waiting for the first write. Prometheus sends it a few seconds after it has read its configuration again.';
}

/** Shown from the start if nothing is stored then; it stays, and says when samples have come. */
export class FirstCard {
  constructor() {
    this.place = byId('first');
    this.state = element('p', { class: 'waiting', role: 'status' });
    const url = new URL('api/v1/write', document.baseURI).href;
    byId('first-card').append(
      this.state,
      block('1. In prometheus.yml', `remote_write:\n  - url: ${url}`),
      block('2. Have Prometheus read it', 'kill -HUP $(pidof prometheus)'),
      block('3. Then ask in SQL, where promgres is installed', QUERY));
  }

  /** @param own how many metrics are the daemon's own, of all */
  metrics(own, all) {
    if (!this.known) {
      this.place.hidden = all > own;
    }
    this.known = true;
  }

  live(figures) {
    this.state.classList.toggle('well', Boolean(figures.first.time));
    const text = waiting(figures);
    if (this.state.textContent !== text) {
      this.state.textContent = text;
    }
  }
}
