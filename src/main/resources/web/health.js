// How the database is kept: packing, retention, size, disk, lead, and what the daemon last complained of.

import { poll } from './api.js';
import { ago, bytes, duration, hour, percent } from './format.js';
import { byId, element, notice } from './page.js';

const INTERVAL = 15000;
const LITTLE_DISK = 0.1;
const RECENT = 3600e3;

// A fact: its name, what is so, what more there is to say, and whether to worry.
function fact(name, value, more, worry = false) {
  return element('div', { class: worry ? 'worry' : null },
    element('dt', null, name),
    element('dd', null, element('span', null, value), more ? element('small', null, more) : null));
}

function packing({ jobs, sealed, closes }) {
  const job = jobs.find(one => one.type === 'compression');
  if (!job?.enabled) {
    return fact('Packing', 'switched off', 'config_maintenance_jobs() switches it on.', true);
  }
  if (job.failure) {
    return fact('Packing', 'failed', job.failure, true);
  }
  const next = closes ? `The block of now closes at ${hour(closes * 1000)}.` : '';
  return sealed.count > 0
    ? fact('Packing', `${ago(sealed.since * 1000)} behind`, `${sealed.count} closed blocks wait or are late writes. ${next}`)
    : fact('Packing', 'up to date', next);
}

function retention({ retention: kept, oldest, jobs }) {
  const job = jobs.find(one => one.type === 'retention');
  const more = oldest ? `The oldest block began ${duration(Date.now() - oldest * 1000)} ago.` : '';
  return job?.failure
    ? fact('Retention', 'failed', job.failure, true)
    : fact('Retention', kept, job?.enabled === false ? 'Deleting is switched off.' : more);
}

function disk({ free, total, error }) {
  if (error) {
    return fact('Disk', 'unknown', error, true);
  }
  return total
    ? fact('Disk', `${bytes(free)} free`, `${percent(free / total)} of ${bytes(total)}`, free / total < LITTLE_DISK)
    : fact('Disk', 'unknown', 'The database is on a server of its own; look there.');
}

function lead({ lead: leader }) {
  return leader
    ? fact('Lead', leader.client, 'The daemon there packs and deletes.')
    : fact('Lead', 'none', 'No daemon packs and deletes now.', true);
}

function problem(problems) {
  const [last] = problems;
  return last
    ? fact('Last problem', `${ago(Date.now() - last.time)} ago`, last.message, last.level === 'ERROR' || Date.now() - last.time < RECENT)
    : fact('Last problem', 'none', 'since the start');
}

export class Health {
  /** The names of the facts to look at. */
  worries() {
    return [...byId('facts').querySelectorAll('.worry dt')].map(name => name.textContent);
  }

  constructor() {
    this.database = null;
    this.daemon = null;
    poll('health', INTERVAL, answer => {
      notice('health-notice', '');
      this.database = answer;
      this.show();
    }, text => notice('health-notice', `The state of the database is unknown: ${text}`));
  }

  live(figures) {
    this.daemon = figures;
    this.show();
  }

  show() {
    if (this.database && this.daemon) {
      byId('facts').replaceChildren(
        packing(this.database), retention(this.database),
        fact('Database', bytes(this.database.bytes), 'all of it, without WAL'),
        disk(this.daemon.disk), lead(this.database), problem(this.daemon.problems));
    }
  }
}
