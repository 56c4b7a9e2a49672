// Elements, what is said to those who do not see, and the clipboard. Text only ever becomes text nodes.

/** An element: element('td', { class: 'number' }, 'text', child, ...). Attributes that are null or false are left out. */
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value != null && value !== false) {
      made.setAttribute(key, value === true ? '' : value);
    }
  }
  made.append(...children.filter(child => child != null));
  return made;
}

/** A button. */
export function button(text, attributes, onClick) {
  const made = element('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', onClick);
  return made;
}

/** A name that may break behind its punctuation; what is copied of it has no breaks. */
export function breakable(name) {
  const made = document.createDocumentFragment();
  name.split(/(?<=[_:./-])/).forEach((part, index) => made.append(...(index > 0 ? [element('wbr'), part] : [part])));
  return made;
}

export const byId = id => document.getElementById(id);

/** Says something to screen readers. */
export function say(text) {
  byId('said').textContent = text;
}

/** Shows what is wrong, or nothing. */
export function notice(id, text) {
  const place = byId(id);
  place.hidden = !text;
  if (place.textContent !== text) {
    place.textContent = text;
  }
}

// Browsers have navigator.clipboard on https and on the loopback only.
async function toClipboard(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed: the older way may be.
    }
  }
  const back = document.activeElement;
  const field = element('textarea', { class: 'unseen', 'aria-hidden': 'true', tabindex: '-1' });
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  back?.focus({ preventScroll: true });
  return copied;
}

/** A button that copies. */
export function copyButton(text, attributes, content) {
  const made = button(text, attributes, async () => {
    const copied = await toClipboard(content);
    made.textContent = copied ? 'Copied' : 'Select it';
    say(copied ? 'Copied to the clipboard' : 'This browser does not let a page copy; select the text instead');
    setTimeout(() => { made.textContent = text; }, 2000);
  });
  return made;
}
