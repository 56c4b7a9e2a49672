// What senders were refused: by which client, and why.

import { ago, count } from './format.js';
import { byId, element } from './page.js';
import { Table } from './table.js';

// What to do about an answer, where its own words do not say it.
function advice({ method, path, status, reason }) {
  if ((status === 404 || status === 405) && !reason.includes('/api/v1/write')) {
    return `Remote write is taken at ${new URL('api/v1/write', document.baseURI).pathname}, not at ${method} ${path}.`;
  }
  if (status === 401) {
    return 'Give the sender a user or token of the group "write": authorization or basic_auth in its remote_write block.';
  }
  if (status >= 500) {
    return 'Prometheus keeps the samples and sends them again.';
  }
  return status === 400 ? 'Prometheus does not send it again.' : '';
}

export class Refusals {
  constructor() {
    this.table = new Table(byId('refusals-table'), {
      caption: 'refused requests', key: one => `${one.client} ${one.method} ${one.path} ${one.status}`, pageSize: 8, empty: 'Nothing was refused.',
      columns: [
        { title: 'Client', value: one => one.client, show: one => one.client },
        { title: 'Request', kind: 'less', value: one => one.path, show: one => `${one.method} ${one.path}` },
        { title: 'Answer', value: one => one.status,
          show: one => element('div', { class: 'answer' },
            element('b', null, String(one.status)), ' ', one.reason, element('small', null, advice(one))) },
        { title: 'Times', kind: 'number', value: one => one.count, show: one => count(one.count) },
        { title: 'Last', kind: 'number', value: one => one.time, show: one => `${ago(Date.now() - one.time)} ago` },
      ],
      sort: { column: 4, descending: true },
    });
  }

  live({ refusals }) {
    byId('refused').hidden = refusals.length === 0;
    this.table.show(refusals);
  }
}
