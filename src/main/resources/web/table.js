// A table that sorts by its headers, has pages, and rows that open. Focus stays where it is when figures change.

import { breakable, button, element, say } from './page.js';
import { count } from './format.js';

const byText = new Intl.Collator('en', { numeric: true });

export class Table {
  /**
   * @param place an element that gets the table
   * @param options caption; columns: {title, value(row), show(row), kind, sortable}; key(row); pageSize; sort: {column,
   *     descending}; empty: what to say of no rows; detail(row): the content of an opened row, if rows open; it gets
   *     the event `closed` when its row is
   */
  constructor(place, options) {
    this.options = options;
    this.sort = { ...options.sort };
    this.rows = [];
    this.matches = () => true;
    this.page = 0;
    this.opened = new Map();
    this.head = element('tr');
    this.body = element('tbody');
    this.place = place;
    this.table = element('table', null,
      element('caption', { class: 'unseen' }, options.caption), element('thead', null, this.head), this.body);
    this.range = element('p', { 'aria-live': 'off' });
    this.back = button('Previous', { 'aria-label': `Previous page of ${options.caption}` }, () => this.turn(-1));
    this.next = button('Next', { 'aria-label': `Next page of ${options.caption}` }, () => this.turn(1));
    this.pages = element('div', { class: 'pages' }, this.range, this.back, this.next);
    this.none = element('p', { class: 'empty' });
    this.makeHead();
    place.append(this.table, this.none, this.pages);
    this.render();
  }

  makeHead() {
    this.headers = this.options.columns.map((column, index) => {
      const content = column.sortable === false
        ? column.title
        : button(column.title, null, () => this.sortBy(index));
      return element('th', { scope: 'col', class: column.kind }, content);
    });
    this.head.append(...this.headers);
  }

  show(rows) {
    this.rows = rows;
    this.loaded = true;
    this.render();
  }

  /** Shows only rows that this says yes to, from the first page. */
  filter(matches) {
    this.matches = matches;
    this.page = 0;
    this.render();
    say(`${count(this.found.length)} of ${count(this.rows.length)} ${this.options.caption}`);
  }

  sortBy(column) {
    const first = this.options.columns[column].kind?.includes('number') ?? false;
    this.sort = { column, descending: this.sort.column === column ? !this.sort.descending : first };
    this.page = 0;
    this.render();
  }

  turn(by) {
    this.page += by;
    this.render();
    if (document.activeElement === document.body) {
      (by > 0 ? this.back : this.next).focus();
    }
    say(this.range.textContent);
  }

  /** Opens a row, wherever it is, and goes there. */
  reveal(key) {
    const index = this.found.findIndex(row => this.options.key(row) === key);
    if (index < 0) {
      return;
    }
    this.page = Math.floor(index / this.options.pageSize);
    this.opened.set(key, this.opened.get(key) ?? this.options.detail(this.found[index]));
    this.render();
    const opener = this.body.querySelector(`[data-focus="${CSS.escape(`open ${key}`)}"]`);
    opener.scrollIntoView({ block: 'center' });
    opener.focus({ preventScroll: true });
  }

  order() {
    const { value } = this.options.columns[this.sort.column];
    const sign = this.sort.descending ? -1 : 1;
    return (one, other) => {
      const a = value(one);
      const b = value(other);
      const order = typeof a === 'string' ? byText.compare(a, b) : a - b;
      return sign * order || byText.compare(this.options.key(one), this.options.key(other));
    };
  }

  render() {
    const { pageSize } = this.options;
    this.found = this.rows.filter(this.matches).sort(this.order());
    this.page = Math.max(0, Math.min(this.page, Math.ceil(this.found.length / pageSize) - 1));
    const begin = this.page * pageSize;
    const shown = this.found.slice(begin, begin + pageSize);
    this.headers.forEach((header, index) => {
      if (this.options.columns[index].sortable !== false) {
        const direction = this.sort.descending ? 'descending' : 'ascending';
        header.setAttribute('aria-sort', index === this.sort.column ? direction : 'none');
      }
    });
    this.keepFocus(() => this.body.replaceChildren(...shown.flatMap(row => this.row(row))));
    this.range.textContent = `${count(begin + 1)} to ${count(begin + shown.length)} of ${count(this.found.length)}`;
    this.pages.hidden = this.found.length <= pageSize;
    this.back.disabled = this.page === 0;
    this.next.disabled = begin + shown.length >= this.found.length;
    this.table.hidden = shown.length === 0;
    this.none.hidden = shown.length > 0;
    this.none.textContent = !this.loaded ? 'Loading …' : this.rows.length > 0 ? this.options.noMatch ?? 'Nothing matches.' : this.options.empty;
  }

  keepFocus(change) {
    const held = this.body.contains(document.activeElement) ? document.activeElement : null;
    const name = held?.dataset.focus;
    change();
    if (held?.isConnected) {
      held.focus({ preventScroll: true });
    } else if (name) {
      this.body.querySelector(`[data-focus="${CSS.escape(name)}"]`)?.focus({ preventScroll: true });
    }
  }

  row(row) {
    const key = this.options.key(row);
    const cells = this.options.columns.map((column, index) => {
      const content = index === 0 && this.options.detail ? this.opener(row, key) : column.show(row);
      return index === 0
        ? element('th', { scope: 'row', class: column.kind }, content)
        : element('td', { class: column.kind }, content);
    });
    const made = [element('tr', { class: 'row' }, ...cells)];
    if (this.opened.has(key)) {
      const cell = element('td', { colspan: String(cells.length) }, this.opened.get(key));
      made.push(element('tr', { class: 'detail' }, cell));
    }
    return made;
  }

  opener(row, key) {
    const open = this.opened.has(key);
    return button(breakable(key), { class: 'open', 'aria-expanded': String(open), 'data-focus': `open ${key}` }, () => {
      if (open) {
        this.opened.get(key).dispatchEvent(new Event('closed'));
        this.opened.delete(key);
      } else {
        this.opened.set(key, this.options.detail(row));
      }
      this.render();
    });
  }
}
