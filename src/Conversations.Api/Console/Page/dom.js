// Elements, times and lists. All text becomes text nodes: nothing that an account stores is read as markup.

const svg = 'http://www.w3.org/2000/svg';
const icons = {
  chats: 'M4 5h11v8H8l-4 3z M9 16h7l4 3v-9h-2', requests: 'M4 7h14l-4-4 M20 17H6l4 4',
  webhooks: 'M12 4v10 M8 10l4 4 4-4 M4 20h16',
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z M2 20c0-4 3-6 7-6s7 2 7 6 M16 4.5a3.5 3.5 0 0 1 0 6.5 M18 14c3 .7 4 3 4 6',
  time: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M12 7v5l3 3', setup: 'M4 7h9 M17 7h3 M4 17h3 M11 17h9 M15 4.5v5 M9 14.5v5',
  theme: 'M20 14A8.5 8.5 0 0 1 10 4a8.5 8.5 0 1 0 10 10z', docs: 'M6 3h9l4 4v14H6z M9 12h7 M9 16h7',
  back: 'M15 5l-7 7 7 7', plus: 'M12 5v14 M5 12h14',
};

/** Makes an element: h('a.row', { href: '/', onclick: f }, 'text', child). Null and false children are left out. */
export function h(name, properties, ...children) {
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(tag);
  element.className = classes.join(' ');
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (key.startsWith('on')) {
      element.addEventListener(key.slice(2), value);
    } else if (value !== undefined && value !== null && value !== false) {
      element.setAttribute(key, value === true ? '' : value);
    }
  }
  element.append(...children.flat(9).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(name) {
  const element = document.createElementNS(svg, 'svg');
  Object.entries({ class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' }).forEach(one => element.setAttribute(...one));
  element.appendChild(document.createElementNS(svg, 'path')).setAttribute('d', icons[name]);
  return element;
}

/**
 * Makes the children of an element those of the items, and keeps those that are the same, with their focus. Children
 * without a key stay behind them.
 */
export function sync(parent, items, keyOf, render, versionOf = JSON.stringify) {
  const before = new Map([...parent.children].filter(child => child.dataset.key).map(child => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const [key, version] = [keyOf(item), versionOf(item)];
    let element = before.get(key);
    before.delete(key);
    if (element?.version !== version) {
      const fresh = Object.assign(render(item), { version });
      fresh.dataset.key = key;
      if (element) {
        const isFocused = element.contains(document.activeElement);
        place = place === element ? fresh : place;
        element.replaceWith(fresh);
        isFocused && (fresh.matches('a') ? fresh : fresh.querySelector('a, button, input'))?.focus();
      }
      element = fresh;
    }
    if (place === element) {
      place = place.nextElementSibling;
    } else {
      parent.insertBefore(element, place);
    }
  }
  before.forEach(element => element.remove());
}

/** How far the account's clock is ahead, in milliseconds. */
export const clock = { ahead: 0 };

/** Shows a list of links, the open one marked; none() where there is nothing. */
export function list(rows, items, { keyOf, render, versionOf, selected, none }) {
  rows.querySelector('.empty, .problem')?.remove();
  sync(rows, items, keyOf, render, versionOf);
  if (items.length === 0) { rows.prepend(none()); }
  rows.querySelectorAll('a.row').forEach(row => { row.ariaCurrent = row.dataset.key === selected ? 'true' : null; });
}

const steps = [[60, 'second'], [60, 'minute'], [24, 'hour'], [30, 'day'], [12, 'month'], [Infinity, 'year']];
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' });
function textOf(date, ahead) {
  let value = (new Date(date) - Date.now() - ahead) / 1000;
  if (Math.abs(value) < 5) { return 'now'; }
  for (const [size, unit] of steps) {
    if (Math.abs(value) < size) { return relative.format(Math.round(value), unit); }
    value /= size;
  }
}

/** How long ago something was, or until it is, by the account's clock or (real) the server's. On hover the exact time. */
export function time(date, real = null) {
  const iso = new Date(date).toISOString();
  const title = `${exact.format(new Date(date))} · ${iso}`;
  return h('time', { datetime: iso, title, 'data-real': real }, textOf(date, real ? 0 : clock.ahead));
}

setInterval(() => document.querySelectorAll('time').forEach(element => {
  const text = textOf(element.dateTime, element.dataset.real ? 0 : clock.ahead);
  element.firstChild.data === text || (element.firstChild.data = text);
}), 5000);

/** The field that filters a list. */
export const searchField = (placeholder, oninput) => h('input.search', {
  type: 'search', 'data-key': '/', placeholder, 'aria-label': placeholder.split(':')[0], oninput });
/** What stands beside a list before a row of it is chosen. */
export const choice = (what, hint, key, does) => empty(`Choose a ${what}`, h('p', null, hint), h('p.hint', null,
  h('kbd', null, 'j'), h('kbd', null, 'k'), ' to move, ', h('kbd', null, key), ` ${does}`));
/** A button that works while its request is on its way, and shows the error that act throws beside it. */
export function button(label, act, properties = {}) {
  const element = h('button', { type: 'button', ...properties, onclick: async () => {
    const isFocused = document.activeElement === element;
    element.disabled = true;
    try { await act(element); } finally {
      element.disabled = false;
      if (isFocused && [element, document.body].includes(document.activeElement)) {
        (element.hidden ? element.closest('[tabindex]') : element)?.focus({ preventScroll: true });
      }
    }
  } }, label);
  return element;
}

/** The button after a list that has more rows. */
export const moreButton = (act, label = 'Show more') => button(label, act, { class: 'quiet next', hidden: true });

/** A button that asks once more before it acts. */
export function careful(label, act, properties) {
  const element = button(label, async () => {
    if (element.textContent === label) {
      element.textContent = `Really ${label.toLowerCase()}?`;
      setTimeout(() => { element.textContent = label; }, 4000);
    } else {
      element.textContent = label;
      await act(element);
    }
  }, { class: 'danger', ...properties });
  return element;
}

export const copyButton = (textOf, label = 'Copy') => button(label, async element => {
  await navigator.clipboard.writeText(textOf());
  element.textContent = 'Copied';
  setTimeout(() => { element.textContent = label; }, 1500);
}, { class: 'quiet copy' });
/** A text in a fixed-width font. It can be scrolled by keyboard. */
export const code = (text, label) => h('pre', { tabindex: 0, role: 'region', 'aria-label': label ?? 'Code' }, text);
export const json = (value, label) => code(typeof value === 'string' ? value : JSON.stringify(value, null, 2), label);
/** An empty place, which says what fills it. */
export const empty = (title, ...hints) => h('div.empty', null, h('h2', null, title), ...hints);

/** A list with its title, tools and search, and beside it the place of one row, which is returned. */
export function listBeside(main, title, what, tools, search, ...rows) {
  const place = h('section.detail', { 'aria-label': what });
  main.append(h('section.list', { 'aria-label': title }, h('div.head', null, h('h1', null, title), tools),
    h('div.search-line', null, search), rows), place);
  return place;
}
/** What a list shows when the server keeps no journal. */
export const noJournal = () => empty('The journal is off', h('p', null, 'Start the server with'), code('Control__Journal=true'));
/** A table of names, each with its values. A long name breaks behind a dot. */
export const table = rows => h('table', null, h('tbody', null, rows.map(([name, ...values]) =>
  h('tr', null, h('th', { scope: 'row' }, name.split(/(?<=\.)/).flatMap(part => [part, h('wbr')])), values.map(value => h('td', null, value))))));

/** A labelled field of a form. */
export function field(label, name, properties = {}, ...options) {
  const input = options.length > 0 ? h('select', { name, ...properties }, options)
    : h('input', { name, autocomplete: 'off', spellcheck: 'false', ...properties });
  return h('label.field', null, h('span', null, label), input);
}
/** The filled-in fields of a form. */
export const valuesOf = form => Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ''));
/** One of eight colours, the same for the same text. */
export const colour = text => `c${[...`${text}`].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 1009, 7) % 8}`;
export const shortSid = sid => `${sid.slice(0, 6)}…${sid.slice(-4)}`;
