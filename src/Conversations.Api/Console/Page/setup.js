// How a program connects, and the account's state as a whole.
import { button, careful, copyButton, field, h, sync, table, time, valuesOf } from './dom.js';
import { account, announce, get, live, origin, problem, send, single } from './api.js';
import { copies } from './snippets.js';

export function mount(main) {
  const [said, seen, checkpoints] = [h('div'), h('p'), h('tbody')];
  const name = field('Name of a new checkpoint', 'name', { placeholder: 'prepared', pattern: '[A-Za-z0-9_\\-]+' });
  const creating = h('form.line', { onsubmit: async event => {
    event.preventDefault();
    await act('POST', '/control/checkpoints', { name: valuesOf(creating).name ?? null }, 'The state is kept.');
  } }, name, h('button', null, 'Keep the state'));
  const file = h('input', { type: 'file', accept: '.json,application/json', 'aria-label': 'A document to import', onchange: async () => {
    await act('POST', '/control/import', await file.files[0].text(), 'The account is now what the document says.');
    file.value = '';
  } });
  async function act(method, path, body, done) {
    const answer = await send(method, path, body);
    said.replaceChildren(answer.ok ? h('p.done', { role: 'status' }, done) : problem(answer));
    if (path === '/control/reset') { live.requests = []; }
    announce([]);
  }
  const load = single(async () => {
    const answer = await get('/control/checkpoints');
    if (answer.status === 0) { return; }
    const found = (answer.body.checkpoints ?? []).toReversed();
    sync(checkpoints, found, one => one.name, one => h('tr', null, h('td', null, one.name),
      h('td', null, time(one.date_created, 'real')), h('td.tools', null,
        careful('Restore', () => act('POST', `/control/checkpoints/${one.name}/restore`, undefined, `Back to ${one.name}.`)),
        careful('Delete', () => act('DELETE', `/control/checkpoints/${one.name}`, undefined, `${one.name} is deleted.`)))));
    const client = live.requests.find(entry => !entry.headers['X-Conversations-Console']);
    seen.replaceChildren(...(client
      ? ['Last client: ', h('b', null, client.headers['User-Agent'] ?? 'without a User-Agent'), ', ', time(client.date, 'real')]
      : ['No client has called yet.']));
  });
  async function download() {
    const answer = await get('/control/export');
    if (!answer.ok) { return said.replaceChildren(problem(answer)); }
    const url = URL.createObjectURL(new Blob([JSON.stringify(answer.body, null, 2)], { type: 'application/json' }));
    h('a', { href: url, download: `${account.sid}.json` }).click();
    URL.revokeObjectURL(url);
  }
  const value = (label, shown) => [label, h('code', null, shown), copyButton(() => shown)];
  main.append(h('div.head', null, h('h1', null, 'Set-up')), h('div.page.narrow', null, said,
    h('section.block', null, h('h2', null, 'Connect a program'),
      table([value('Base URL', origin), value('Account SID', account.sid),
        ...account.user === account.sid ? [] : [value('API key', account.user)], value('Auth token', account.password)]),
      copies({ method: 'GET', path: '/v1/Conversations', parameters: {} }), seen),
    h('section.block', null, h('h2', null, 'Checkpoints'),
      h('p.quiet', null, 'A checkpoint keeps all rows of the account. A restore goes back to it.'),
      creating, h('table', null, checkpoints)),
    h('section.block', null, h('h2', null, 'The whole account'),
      h('p.quiet', null, 'A reset makes the account as it was when it was new. An import replaces it by a document.'),
      h('div.tools', null, button('Export', download), careful('Reset', () =>
        act('POST', '/control/reset', undefined, 'The account is new again.')), h('label.check', null, 'Replace by', file)))));
  load();
  return { select() {}, update: load };
}
