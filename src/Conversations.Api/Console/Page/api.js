// Requests to /v1 and /control, and the journal as it grows.
import { button, empty, h } from './dom.js';

const meta = name => document.querySelector(`meta[name=${name}]`).content;
const stored = 'conversations-console';
export const base = meta('base');
export const root = base.slice(0, -'/console'.length);

/** The address that programs use. */
export const origin = location.origin + root;
export const { account: builtIn, control } = JSON.parse(meta('settings'));

/** Whether this server has such a path of /control. */
export const has = name => control.includes(name);
export const account = { user: null, password: null, sid: null, isBuiltIn: false };

export function signIn(user, password, sid) {
  Object.assign(account, { user, password, sid, isBuiltIn: user === builtIn?.sid });
  sessionStorage.setItem(stored, JSON.stringify({ user, password, sid }));
}

/** Leads to the sign-in form, and from there to a place of the page. */
export function signOut(place) {
  sessionStorage.setItem(stored, '{}');
  location.assign(place);
}

/** What is shown when a link leads to nothing. Another account may have it. */
export const missing = (what, hint) => empty(`This account has no such ${what}`,
  h('p', null, `${hint}, or belong to another account.`), button('Other account', () => signOut(location.href)));

/** Signs in as before in this tab, or as the built-in account. Returns whether there is an account. */
export function resume() {
  const { user, password, sid } = JSON.parse(sessionStorage.getItem(stored)) ?? {
    user: builtIn?.sid, password: builtIn?.authToken, sid: builtIn?.sid };
  if (user) { signIn(user, password, sid); }
  return Boolean(user);
}

/** What the browser does not send: Basic credentials in UTF-8. */
const basic = () => `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${account.user}:${account.password}`)))}`;

/**
 * Sends a request. The body is a form for /v1 and JSON for /control. Nothing throws: the answer says what went wrong.
 * credentials: 'omit' keeps the browser from asking for a password by itself at a 401.
 */
export async function send(method, path, body, headers = {}) {
  const isForm = path.startsWith('/v1');
  const content = body === undefined ? undefined
    : isForm ? new URLSearchParams(Object.entries(body).flatMap(([name, value]) => [value].flat().map(one => [name, one])))
    : typeof body === 'string' ? body : JSON.stringify(body);
  const type = content !== undefined && !isForm ? { 'Content-Type': 'application/json' } : {};
  try {
    const response = await fetch(root + path, {
      method, body: content, credentials: 'omit', cache: 'no-store',
      headers: { Authorization: basic(), 'X-Conversations-Console': '1', ...type, ...headers } });
    const text = await response.text();
    const body = response.headers.get('Content-Type')?.includes('json') ? JSON.parse(text) : text;
    return { ok: response.ok, status: response.status, id: response.headers.get('Twilio-Request-Id'), body };
  } catch (failure) {
    return { ok: false, status: 0, id: null, body: { message: `No answer from the server: ${failure.message}` } };
  }
}

export const get = path => send('GET', path);

/** The rows of the first pages of a list, and the path of the page after them. */
export async function pages(path, key, count = Infinity) {
  const rows = new Map();
  let [next, answer] = [path, null];
  for (; next && count > 0; count--) {
    answer = await get(next);
    (answer.body[key] ?? []).forEach(row => rows.set(row.sid, row));
    const { meta, next_offset: offset } = answer.body;
    const url = meta?.next_page_url ?? '';
    next = offset ? `${path}&offset=${offset}` : url && url.slice(url.indexOf(`${root}/v1/`) + root.length);
  }
  return { ...answer, rows: [...rows.values()], next };
}

/** Runs one call at a time. All calls that come meanwhile are one more. */
export function single(run) {
  let [now, later] = [null, null];
  const begin = () => {
    later = null;
    now = run().finally(() => { now = null; });
    return now;
  };
  return () => later ?? (now ? later = now.then(begin) : begin());
}

/** A change as a client's library makes it: webhooks are told. */
export const change = (path, form, method = 'POST') => send(method, path, form, { 'X-Twilio-Webhook-Enabled': 'true' });

/** The code and message of an answer of /v1 or /control. */
export const errorOf = ({ body, status }) => ({ code: body?.code ?? null, info: body?.more_info ?? null,
  message: body?.message ?? body?.detail ?? body?.title ?? `Status ${status}` });

/** What is wrong with an answer, with the rule and the row in the way when the journal knows them. */
export function problem(answer) {
  const { code, message, info } = errorOf(answer);
  const box = h('div.problem', { role: 'alert' },
    h('strong', null, [answer.status || null, code].filter(Boolean).join(' · ')), ' ', message);
  if (answer.id && code) {
    get(`/control/requests?limit=20&error=${code}`).then(found => {
      const entry = found.body.requests?.find(one => one.request_id === answer.id);
      entry && box.append(...explanation(entry.error),
        h('p', null, h('a', { href: `${base}/requests/${answer.id}` }, 'Look at the request')));
    });
  } else if (info) {
    box.append(' ', h('a', { href: info }, 'More about it'));
  }
  return box;
}

export function explanation(error) {
  const [, sid, part] = error.row?.match(/Conversations\/(CH[0-9a-f]{32})(?:\/\w+\/(\w+))?/) ?? [];
  const name = error.row_identity ?? error.row_address ?? part ?? error.conversation_name ?? sid;
  return [error.rule !== error.message && h('p', null, error.rule),
    error.row && h('p', null, 'In the way: ', sid
      ? h('a', { href: `${base}/conversations/${sid}${part ? `/${part}` : ''}`, title: part ?? sid }, name)
      : h('code', null, error.row), part && error.conversation_name && ` in ${error.conversation_name}`),
    error.more_info && h('p', null, h('a', { href: error.more_info }, `Twilio about ${error.code}`))].filter(Boolean);
}

const kept = 1000;
const listeners = new Set();

/** The latest requests, newest first, and whether more are heard of: 'on', 'off' (no journal) or 'lost'. */
export const live = { requests: [], state: 'starting' };

/** Calls back with new requests (none: look again). */
export const listen = listener => listeners.add(listener);
export const announce = entries => listeners.forEach(listener => listener(entries));
const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
const visible = () => new Promise(resolve => document.addEventListener('visibilitychange', resolve, { once: true }));

/** Follows the journal for good. A hidden page does not. */
export async function follow() {
  let [cursor, fresh] = [null, []];
  while (true) {
    if (document.hidden) { await visible(); }
    const since = cursor === null ? '' : `&since=${cursor}&wait=25s`;
    const answer = await get(`/control/requests?limit=${kept}${since}`);
    const state = answer.ok ? 'on' : answer.status === 404 ? 'off' : 'lost';
    const isNew = state !== live.state || answer.body.cursor !== cursor;
    live.state = state;
    if (!answer.ok) {
      announce([]);
      await pause(state === 'off' ? 3000 : 1500);
      continue;
    }
    ({ cursor, requests: fresh } = answer.body);
    live.requests = [...fresh, ...live.requests].slice(0, kept);
    // The cursor moves also when a call of /control has changed something.
    if (isNew) { announce(fresh); }
    // At most six looks a second, and two while there are many requests.
    await pause(fresh.length > 20 ? 500 : 150);
  }
}
