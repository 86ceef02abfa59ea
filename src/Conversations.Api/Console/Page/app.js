// The frame of the page: navigation, sign-in, keys. Each view is a module that is loaded when it is first shown.
import { clock, h, icon, button, field, shortSid } from './dom.js';
import { account, announce, base, builtIn, errorOf, follow, get, has, listen, live, resume, root, signIn, signOut
} from './api.js';

const views = {
  conversations: ['Conversations', 'chats'], requests: ['Requests', 'requests'], webhooks: ['Webhooks', 'webhooks'],
  people: ['Users and roles', 'people'],
  ...(has('clock') || has('faults') ? { time: ['Time and faults', 'time'] } : {}),
  setup: ['Set-up', 'setup'],
};

const main = h('main', { tabindex: -1 });
let current = { name: null, view: null };

async function route() {
  let [name, ...rest] = location.pathname.slice(base.length).split('/').filter(Boolean).map(decodeURIComponent);
  if (/^(CH|RQ)/.test(name)) {
    [name, rest] = [name.startsWith('CH') ? 'conversations' : 'requests', [name, ...rest]];
  }
  name = name in views ? name : 'conversations';
  if (current.name !== name) {
    current = { name, view: null };
    const { mount } = await import(`./${name}.js`);
    if (current.name !== name) { return; }
    main.replaceChildren();
    main.className = name;
    current.view = mount(main);
  }
  document.title = `${views[name][0]} · Conversations`;
  document.querySelectorAll('header nav a').forEach(link => link.dataset.view === name
    ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current'));
  main.toggleAttribute('data-selected', rest.length > 0);
  current.view?.select(rest[0] ?? null, rest[1]);
}

/** Shows another place of the page. */
export function go(path) {
  history.pushState(null, '', path.startsWith(base) ? path : base + path);
  return route();
}

function follows(event) {
  const link = event.target.closest?.('a');
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (link && isPlain && link.origin === location.origin && `${link.pathname}/`.startsWith(`${base}/`)) {
    event.preventDefault();
    go(link.pathname + link.search);
  }
}

// j and k move through the rows, Enter opens one, Esc leaves it, / searches. A control names its own key in data-key.
function press(event) {
  const isTyping = event.target.matches('input, textarea, select');
  if (event.ctrlKey || event.metaKey || event.altKey || (isTyping && event.key !== 'Escape')) { return; }
  const rows = [...main.querySelectorAll('a.row')];
  const at = Math.max(rows.indexOf(document.activeElement), rows.findIndex(row => row.ariaCurrent === 'true'));
  const own = /^[a-z1-9/]$/.test(event.key) ? document.querySelector(`[data-key="${event.key}"]:not([hidden])`) : null;
  const back = main.querySelector('a.back');
  if (event.key === 'j' || event.key === 'k') {
    const row = rows[Math.min(Math.max(document.activeElement === rows[at] || at < 0
      ? at + (event.key === 'j' ? 1 : -1) : at, 0), rows.length - 1)];
    row?.focus();
    row?.scrollIntoView({ block: 'nearest' });
  } else if (event.key === 'Escape' && isTyping) {
    event.target.blur();
  } else if (event.key === 'Escape' && back) {
    back.click();
    rows[at]?.focus();
  } else if (own) {
    event.preventDefault();
    own.matches('input, textarea, select') ? own.focus() : own.click();
  }
}

function switchTheme() {
  const { dataset } = document.documentElement;
  const isDark = dataset.theme ? dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  dataset.theme = isDark ? 'light' : 'dark';
  localStorage.setItem('conversations-theme', dataset.theme);
}

function frame() {
  const state = h('p.live', { role: 'status' });
  listen(() => {
    state.dataset.state = live.state;
    state.textContent = { on: 'Live', off: 'The journal is off', lost: 'No connection' }[live.state] ?? '';
  });
  const links = Object.entries(views).map(([name, [label, picture]], key) =>
    h('a', { href: `${base}/${name}`, 'data-view': name, 'data-key': key + 1, title: `${label} (${key + 1})` },
      icon(picture), h('span', null, label)));
  document.body.replaceChildren(
    h('header', null,
      h('a.brand', { href: base, 'aria-label': 'Conversations' }, h('img', { src: `${root}/swagger/icon.svg`, alt: '', width: 24, height: 24 }),
        h('span', null, 'Conversations')),
      h('nav', { 'aria-label': 'Views' }, links),
      h('div.foot', null, state,
        h('p.who.line', null, h('span', { title: account.sid }, account.isBuiltIn ? 'Built-in account' : shortSid(account.sid)),
          button('Other account', () => signOut(base), { class: 'quiet' })),
        h('p.keys', null, ['j', 'k', 'Enter', 'Esc', '/'].map(key => h('kbd', null, key))),
        h('div.tools', null,
          button([icon('theme')], switchTheme, { class: 'quiet', 'aria-label': 'Light or dark', title: 'Light or dark' }),
          h('a.button.quiet', { href: `${root}/swagger`, 'aria-label': 'Swagger UI', title: 'Swagger UI' }, icon('docs'))))),
    main);
  listen(entries => current.view?.update?.(entries));
}

function askForAccount() {
  const said = h('p', { role: 'alert' });
  async function enter(user, password) {
    signIn(user, password, user);
    const answer = await get('/v1/Configuration');
    if (answer.ok) {
      signIn(user, password, answer.body.account_sid);
      start();
    } else {
      said.textContent = answer.status === 401 ? 'The server has no such account and token.' : errorOf(answer).message;
    }
  }
  const form = h('form.card', { onsubmit: event => (event.preventDefault(), enter(form.user.value, form.password.value)) },
  h('img', { src: `${root}/swagger/icon.svg`, alt: '', width: 40, height: 40 }), h('h1', null, 'Conversations'),
  field('Account SID, or the SID of an API key', 'user', { required: true, autocomplete: 'username', autofocus: true }),
  field('Auth token or secret', 'password', { required: true, type: 'password', autocomplete: 'current-password' }),
  said, h('button.primary', null, 'Sign in'),
  builtIn && button('Use the built-in account', () => enter(builtIn.sid, builtIn.authToken)));
  document.body.replaceChildren(h('main.sign-in', null, form));
}

function start() {
  frame();
  document.addEventListener('click', follows);
  document.addEventListener('keydown', press);
  window.addEventListener('popstate', route);
  document.addEventListener('visibilitychange', () => document.hidden || announce([]));
  route();
  follow();
  has('clock') && get('/control/clock').then(({ body }) => { clock.ahead = (body.offset_seconds ?? 0) * 1000; });
}

const theme = localStorage.getItem('conversations-theme');
theme && document.documentElement.setAttribute('data-theme', theme);

resume() ? start() : askForAccount();
