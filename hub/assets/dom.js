// Small words for making elements. Text only: nothing from a record is ever markup.
const { document } = globalThis;

export const titles = { orocrm: 'OroCRM', outlook: 'Outlook' };

export const byId = (id) => document.getElementById(id);

export function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** Somebody else's words: what they are written in turns nothing around them. */
export function quoted(text) {
  return element('span', { className: 'words', textContent: text });
}

export function tag(className, text) {
  return element('span', { className: `tag ${className}`, textContent: text });
}

export function button(text, onclick, className = '') {
  return element('button', { type: 'button', textContent: text, className, onclick });
}

export function link(href, text, className = '') {
  return element('a', { href, textContent: text, className });
}

/** A screen reader hears a status only when it changed. */
export function say(id, text) {
  const place = byId(id);
  if (place.textContent !== String(text)) place.textContent = String(text);
}

/** Redrawn only when it changed: a reader's place in the list stays. */
export function list(id, rows, empty, item) {
  const place = byId(id);
  const now = JSON.stringify(rows);
  if (place.dataset.rows === now) return;
  place.dataset.rows = now;
  place.replaceChildren(...(rows.length === 0 ? [element('li', { className: 'quiet', textContent: empty })] : rows.map(item)));
}

/** A button that asks once more before it does what is hard to take back. */
export function careful(text, question, yes, work, className = '') {
  const place = element('span', { className: 'careful' });
  const first = button(text, () => asks(place, first, question, button(yes, work, 'danger')), className);
  place.append(first);
  return place;
}

/** Puts a question in the place of a button, which comes back when it was answered. */
export function asks(place, first, question, sure) {
  const end = () => {
    place.replaceChildren(first);
    // What was not drawn while a person was reading is drawn now.
    globalThis.dispatchEvent(new globalThis.Event('syncline-changed'));
  };
  const work = sure.onclick;
  sure.onclick = async () => {
    sure.disabled = true;
    await work();
    end();
  };
  place.replaceChildren(element('span', { className: 'question', textContent: question }), sure, button('Cancel', () => {
    end();
    first.focus();
  }));
  sure.focus();
}

/** Whether a question is open inside an element: what a person is reading is not drawn anew. */
export function isAsking(id) {
  return byId(id).querySelector('.question') !== null;
}

/** `1 contact`, `2 contacts`. */
export function counted(count, word) {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

export function clock(ms) {
  return new Date(ms).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** Day and time, in the reader's form; `medium` tells seconds. */
export function when(ms, timeStyle = 'short') {
  return new Date(ms).toLocaleString([], { dateStyle: 'medium', timeStyle });
}
