// The sections: which of them is on the screen, and, on narrow screens, long ones that are folded until they are asked for.

import { button } from './page.js';

const FOLDED = ['query', 'cardinality', 'storage', 'energy'];
// As in style.css.
const narrow = matchMedia('(max-width: 46rem)');
const BELOW_HEAD = 24;

class FoldedSection {
  constructor(section) {
    this.section = section;
    this.title = section.querySelector('h2');
    this.text = this.title.textContent;
  }

  fit() {
    if (narrow.matches) {
      this.handle = button(this.text, { class: 'fold' }, () => this.set(!this.section.classList.contains('folded')));
      this.title.replaceChildren(this.handle);
      this.set(true);
    } else {
      this.title.replaceChildren(this.text);
      this.section.classList.remove('folded');
    }
  }

  set(folded) {
    this.section.classList.toggle('folded', folded);
    this.handle.setAttribute('aria-expanded', String(!folded));
  }

  unfold() {
    if (narrow.matches) {
      this.set(false);
    }
  }
}

function followTheScreen(links) {
  const head = document.querySelector('.top');
  const nav = links[0].parentElement;
  let current = null;
  const look = () => {
    const line = head.getBoundingClientRect().bottom + BELOW_HEAD;
    const passed = links.filter(link => {
      const section = document.querySelector(link.hash);
      return !section.hidden && section.getBoundingClientRect().top <= line;
    });
    const next = passed.at(-1) ?? links[0];
    if (next !== current) {
      current?.removeAttribute('aria-current');
      next.setAttribute('aria-current', 'location');
      nav.scrollLeft = next.offsetLeft - nav.offsetLeft - (nav.clientWidth - next.clientWidth) / 2;
      current = next;
    }
  };
  addEventListener('scroll', look, { passive: true });
  addEventListener('resize', look, { passive: true });
  look();
}

/** Folds what is long on a narrow screen; a link to a section unfolds it. */
export function startSections() {
  const folded = new Map(FOLDED.map(id => [`#${id}`, new FoldedSection(document.getElementById(id))]));
  const fit = () => folded.forEach(section => section.fit());
  narrow.addEventListener('change', fit);
  fit();
  const links = [...document.querySelectorAll('nav a')];
  links.forEach(link => link.addEventListener('click', () => folded.get(link.hash)?.unfold()));
  folded.get(location.hash)?.unfold();
  followTheScreen(links);
}
