// Completes what stands before the cursor in an expression: metrics, names of labels, their values.

import { ask } from './api.js';
import { element } from './page.js';

const MOST = 40;
const SELECTOR = /([a-zA-Z_:][\w:]*)?\{([^{}]*)$/;
const VALUE = /([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)\s*"([^"]*)$/;
const WORD = /[a-zA-Z_:][\w:]*$/;

/** What is being written: the kind of name, of which metric and label, and how it begins. */
export function position(text) {
  const selector = SELECTOR.exec(text);
  if (selector) {
    const value = VALUE.exec(selector[2]);
    return value
      ? { kind: 'value', metric: selector[1], label: value[1], begun: value[2] }
      : { kind: 'label', metric: selector[1], begun: WORD.exec(selector[2])?.[0] ?? '' };
  }
  const grouping = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^()]*)$/.exec(text);
  const begun = WORD.exec(text)?.[0] ?? '';
  return grouping ? { kind: 'label', begun } : { kind: 'metric', begun };
}

export class Completion {
  /**
   * @param input what is written into
   * @param list the datalist that it shows
   */
  constructor(input, list) {
    this.input = input;
    this.list = list;
    this.known = new Map();
    input.addEventListener('input', () => this.complete());
    input.addEventListener('focus', () => this.complete());
  }

  async complete() {
    const { value } = this.input;
    const at = position(value);
    let names;
    try {
      names = await this.names(at);
    } catch {
      // An expression can be written without help.
      return;
    }
    if (value !== this.input.value) {
      return;
    }
    const head = value.slice(0, value.length - at.begun.length);
    const wanted = at.begun.toLowerCase();
    const found = names.filter(one => one !== at.begun && one.toLowerCase().includes(wanted)).slice(0, MOST);
    this.list.replaceChildren(...found.map(one => element('option', { value: head + one })));
  }

  names({ kind, metric, label, begun }) {
    const path = kind === 'label' ? 'labels' : `label/${encodeURIComponent(kind === 'metric' ? '__name__' : label)}/values`;
    const parameters = metric ? { 'match[]': metric } : {};
    if (kind === 'metric' && begun === '') {
      return [];
    }
    const key = path + (metric ?? '');
    if (!this.known.has(key)) {
      const answer = ask(path, parameters).then(all => all.data);
      this.known.set(key, answer);
      answer.catch(() => this.known.delete(key));
    }
    return this.known.get(key);
  }
}
