// Requests to /v1 as they come, and beside them one with its answer.
import { button, choice, code, empty, h, icon, json, list, listBeside, moreButton, noJournal, searchField, table, time } from './dom.js';
import { account, base, change, explanation, has, live, missing, origin, problem, send } from './api.js';
import { copies } from './snippets.js';

const onlyErrors = 'conversations-errors';
const kindOf = status => status >= 500 ? 'bad' : status >= 400 ? 'warn' : 'good';

// What the filter looks at. An answer is not part of it: half of all texts are in some answer.
function searchable(entry) {
  entry.searchable ??= [entry.method, entry.path, entry.operation_id, entry.status, entry.error?.code,
    entry.error?.message, entry.request_id, ...Object.entries(entry.parameters).flat(2)].join(' ').toLowerCase();
  return entry.searchable;
}

/** The path without what all paths have in common. */
const shortPath = path => decodeURI(path.replace(/%(?![0-9a-f]{2})/gi, '%25')).replace(/^.*?\/v1\//, '')
  .replace(/(Services\/)?([A-Z]{2}[0-9a-f]{4})[0-9a-f]{24}([0-9a-f]{4})/g, '$1$2…$3');

function row(entry) {
  const isOwn = entry.headers['X-Conversations-Console'];
  return h('a.row.request', { href: `${base}/requests/${entry.request_id}` },
    h('div.line', null,
      h(`span.method.${entry.method}`, null, entry.method),
      h('strong', null, entry.operation_id ?? shortPath(entry.path)),
      isOwn ? h('small', { title: 'Sent by this page' }, 'console') : null,
      h(`span.status.${kindOf(entry.status)}`, null, entry.status)),
    h('div.line', null,
      h('p.last', null, entry.error ? [h('b', null, entry.error.code, ' '), entry.error.message] : shortPath(entry.path)),
      h('small.ms', null, `${entry.duration_ms} ms`), time(entry.date, 'real')));
}

export function mount(main) {
  const search = searchField('Filter: 409, alice, CreateUser', () => show());
  const failed = h('input', { type: 'checkbox', checked: sessionStorage.getItem(onlyErrors) === 'on', onchange: () => {
    sessionStorage.setItem(onlyErrors, failed.checked ? 'on' : 'off');
    show();
  } });
  const pausing = h('button', { type: 'button', 'data-key': 'p', title: 'Pause (p)', onclick: () => pause() }, 'Pause');
  const more = moreButton(() => show(shown += 150));
  const rows = h('div.rows', null, more);
  const place = listBeside(main, 'Requests', 'Request', pausing, [search, h('label.check', null, failed, 'Errors')], rows);
  let [selected, held, opened, shown] = [null, null, null, 150];
  function pause() {
    held = held ? null : live.requests;
    pausing.setAttribute('aria-pressed', String(Boolean(held)));
    show();
  }
  const nothing = () => live.state === 'off' ? noJournal()
    : live.requests.length > 0 ? empty('Nothing matches', h('p', null, 'No request has this text.'))
    : empty('No requests yet', h('p', null, 'Send one, and it is here at once:'),
      code(`curl -u ${account.sid}:${account.isBuiltIn ? account.password : '$AUTH_TOKEN'} ${origin}/v1/Conversations`),
      h('p', null, h('a', { href: `${base}/setup` }, 'The lines for your language')));
  function show() {
    const missed = held ? live.requests.findIndex(entry => entry === held[0]) : 0;
    pausing.textContent = !held ? 'Pause' : missed > 0 ? `Go on (${missed} new)` : missed < 0 ? 'Go on (many new)' : 'Go on';
    // CreateParticipant finds CreateConversationParticipant.
    const words = search.value.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase().split(/\s+/).filter(Boolean);
    const found = (held ?? live.requests).filter(entry =>
      (!failed.checked || entry.status >= 400) && words.every(one => searchable(entry).includes(one)));
    const none = live.state === 'starting' ? () => '' : nothing;
    list(rows, found.slice(0, shown), { keyOf: entry => entry.request_id, render: row, versionOf: () => '', selected, none });
    more.hidden = found.length <= shown;
    const entry = selected && live.requests.find(one => one.request_id === selected);
    if (entry && opened !== entry) {
      opened = entry;
      place.replaceChildren(...detail(entry));
    } else if (selected && !opened && live.state !== 'starting') {
      place.replaceChildren(missing('request', 'It may be older than the last 1,000, from before a restart'));
    }
  }
  return {
    select(id) {
      [selected, opened] = [id, null];
      show();
      id || place.replaceChildren(choice('request', 'It shows its answer, and why it failed.', '/', 'to filter'));
    },
    update: show,
  };
}

function detail(entry) {
  const said = h('div');
  const parameters = Object.entries(entry.parameters).flatMap(([name, values]) => values.map(value => [name, value]));
  const headers = Object.entries(entry.headers);
  return [
    h('div.head.wide', null,
      h('a.back', { href: `${base}/requests`, 'aria-label': 'All requests' }, icon('back')),
      h('div.title', null,
        h('h1', null, h(`span.method.${entry.method}`, null, entry.method), ' ', entry.operation_id ?? 'No such operation'),
        h('p', null, h('code', null, entry.path))),
      has('faults') && entry.operation_id && h('a.button', { title: 'A fault for this operation',
        href: `${base}/time?${new URLSearchParams({ operation: entry.operation_id, ...named(entry), code: 20503, times: 1 })}` },
      'Make it fail'),
      button('Send again', async () => {
        const isForm = entry.method === 'POST';
        const path = entry.path.slice(entry.path.indexOf('/v1'));
        const answer = await (isForm ? change(path.split('?')[0], entry.parameters) : send(entry.method, path));
        said.replaceChildren(answer.ok || !answer.id ? h('p.done', { role: 'status' }, `Answered ${answer.status}. `,
          answer.id && isForm ? h('a', { href: `${base}/requests/${answer.id}` }, 'Look at it') : null) : problem(answer));
      }, { 'data-key': 's', title: 'Send again (s)' })),
    h('div.page', null, said,
      h('p.summary', null, h(`span.status.${kindOf(entry.status)}`, null, entry.status), ` in ${entry.duration_ms} ms, `,
        time(entry.date, 'real'), ' · ', h('code', null, entry.request_id), ' ', places(entry)),
      entry.error ? h('div.problem', null, h('strong', null, `${entry.error.code} `), entry.error.message,
        explanation(entry.error)) : null,
      h('div.sides', null,
        h('section', null, h('h2.label', null, 'Request'),
          parameters.length > 0 ? table(parameters) : h('p.quiet', null, 'No parameters'),
          h('details', null, h('summary', null, `${headers.length} headers`), table(headers))),
        h('section', null, h('h2.label', null, 'Answer'),
          entry.answer === null ? h('p.quiet', null, 'No body') : json(entry.answer, 'Answer'))), copies(entry))];
}

// Whom a request names, as a rule of faults says it.
function named({ parameters }) {
  const [identity] = parameters.Identity ?? parameters.Author ?? [];
  const [address] = parameters['MessagingBinding.Address'] ?? parameters.Address ?? [];
  return identity ? { identity } : address ? { address } : {};
}

// The rows of this request, where the console shows them.
function places(entry) {
  const sid = entry.path.match(/CH[0-9a-f]{32}/)?.[0] ?? entry.answer?.conversation_sid
    ?? (/^CH/.test(entry.answer?.sid) ? entry.answer.sid : null);
  return sid && entry.status !== 404 ? h('a', { href: `${base}/conversations/${sid}` }, 'Conversation') : null;
}
