// A small chart of lines over time, as SVG. The pointer or the arrow keys read off its values.

import { zone } from './format.js';
import { element, say } from './page.js';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 600;
const HEIGHT = 100;

function svg(name, attributes) {
  const made = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  return made;
}

// The next round number: a top that does not jump with every value.
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find(step => step * power >= value) * power;
}

// The least and the greatest value of the axis. Values far from zero that differ little are not flattened unless wanted.
function scale(values, fromZero) {
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  if (values.length > 0 && !fromZero && least !== most && least * most > 0
      && most - least < Math.max(Math.abs(least), Math.abs(most)) / 2) {
    const step = roundUp((most - least) / 4);
    return [Math.floor(least / step) * step, Math.ceil(most / step) * step];
  }
  const bottom = least < 0 && least > -Infinity ? -roundUp(-least) : 0;
  return [bottom, most > 0 ? roundUp(most) : bottom < 0 ? 0 : 1];
}

export class Chart {
  /**
   * @param title what is shown
   * @param format makes a value readable
   * @param timeFormat makes milliseconds since the epoch readable
   * @param options fromZero: whether the scale begins at 0; empty: what to say while there is nothing
   */
  constructor(title, format, timeFormat, { fromZero = true, empty = 'collecting …' } = {}) {
    this.title = title;
    this.fromZero = fromZero;
    this.empty = empty;
    this.format = format;
    this.timeFormat = timeFormat;
    this.now = element('p', { class: 'now' });
    this.picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', tabindex: '0' });
    this.top = element('span', { class: 'top-label', 'aria-hidden': 'true' });
    this.bottom = element('span', { class: 'bottom-label', 'aria-hidden': 'true' });
    this.axis = element('div', { class: 'axis', 'aria-hidden': 'true' });
    this.root = element('article', { class: 'card chart' },
      element('h3', null, title), this.now, element('div', { class: 'plot' }, this.picture, this.top, this.bottom), this.axis);
    this.at = null;
    this.picture.addEventListener('pointermove', event => this.point(event));
    this.picture.addEventListener('pointerleave', () => this.read(null));
    this.picture.addEventListener('blur', () => this.read(null));
    this.picture.addEventListener('keydown', event => this.step(event));
  }

  /**
   * @param times in milliseconds since the epoch, growing
   * @param lines each with a name, and a value or null for each time
   */
  show(times, lines) {
    this.times = times;
    this.lines = lines;
    this.root.classList.toggle('many', lines.length > 2);
    if (this.at != null && this.at >= times.length) {
      this.at = null;
    }
    const known = lines.flatMap(line => line.values.filter(value => value != null));
    [this.least, this.most] = scale(known, this.fromZero);
    this.draw();
    this.top.textContent = known.length > 0 ? this.format(this.most) : '';
    this.bottom.textContent = known.length > 0 && this.least !== 0 ? this.format(this.least) : '';
    this.axis.replaceChildren(...(times.length > 1 && known.length > 0
      ? this.ends().map(end => element('span', null, end))
      : [element('span', null, this.empty)]));
  }

  /** The first time and the last, with the zone. */
  ends() {
    const last = this.times[this.times.length - 1];
    return [this.timeFormat(this.times[0]), `${this.timeFormat(last)} ${zone(last)}`];
  }

  x(index) {
    const first = this.times[0];
    const span = this.times[this.times.length - 1] - first || 1;
    return (this.times[index] - first) / span * WIDTH;
  }

  draw() {
    const parts = [0.5, 99.5].map(y => svg('line', { class: 'grid', x1: 0, x2: WIDTH, y1: y, y2: y }));
    this.lines.forEach((line, number) => {
      for (const run of this.runs(line.values)) {
        const path = `M${run.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`;
        if (this.lines.length === 1) {
          parts.push(svg('path', { class: `area s${number}`, d: `${path}V${HEIGHT}H${run[0][0].toFixed(1)}Z` }));
        }
        parts.push(svg('path', { class: `stroke s${number}`, d: run.length > 1 ? path : `${path}h.1` }));
      }
    });
    this.cursor = svg('line', { class: 'cursor', y1: 0, y2: HEIGHT, visibility: 'hidden' });
    this.picture.replaceChildren(...parts, this.cursor);
    this.read(this.at);
  }

  // Where there is no value, the line has a gap.
  runs(values) {
    const runs = [];
    let run = [];
    values.forEach((value, index) => {
      if (value == null) {
        run = [];
        return;
      }
      if (run.length === 0) {
        runs.push(run);
      }
      run.push([this.x(index), HEIGHT - 1 - (value - this.least) / (this.most - this.least) * (HEIGHT - 2)]);
    });
    return runs;
  }

  point(event) {
    if (!this.times?.length) {
      return;
    }
    const box = this.picture.getBoundingClientRect();
    const wanted = (event.clientX - box.left) / box.width * WIDTH;
    let best = 0;
    this.times.forEach((_, index) => {
      if (Math.abs(this.x(index) - wanted) < Math.abs(this.x(best) - wanted)) {
        best = index;
      }
    });
    this.read(best);
  }

  step(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1 };
    if (!(event.key in steps) || !this.times?.length) {
      return;
    }
    event.preventDefault();
    const last = this.times.length - 1;
    this.read(Math.min(last, Math.max(0, (this.at ?? last) + steps[event.key])));
    say(this.now.innerText);
  }

  /** Shows the values at a time, or the last ones. */
  read(at) {
    this.at = at;
    const index = at ?? this.times.length - 1;
    this.cursor.setAttribute('visibility', at == null ? 'hidden' : 'visible');
    if (at != null) {
      this.cursor.setAttribute('x1', this.x(at));
      this.cursor.setAttribute('x2', this.x(at));
    }
    const values = this.lines.map(line => this.format(line.values[index]));
    this.now.replaceChildren(
      ...this.lines.map((line, number) => element('span', null,
        this.lines.length > 1 ? element('i', { class: `k${number}` }) : null,
        element('b', null, values[number]), line.name)),
      ...(at == null ? [] : [element('span', null, this.timeFormat(this.times[at]))]));
    const when = at == null ? 'now' : `at ${this.timeFormat(this.times[at])}`;
    this.picture.setAttribute('aria-label',
      `${this.title}, ${when}: ${this.lines.map((line, number) => `${values[number]} ${line.name}`).join(', ')}. Arrow keys read other times.`);
  }
}
