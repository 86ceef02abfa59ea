// Calls of webhooks as they are made, and beside them one with its tries.
import { button, code, copyButton, empty, h, icon, list, listBeside, moreButton, noJournal, searchField, table, time } from './dom.js';
import { base, change, get, live, origin, problem, send } from './api.js';

const inbox = `${origin}/console/inbox/here`;

const events = ['onConversationAdded', 'onConversationUpdated', 'onConversationRemoved', 'onConversationStateUpdated',
  'onParticipantAdded', 'onParticipantUpdated', 'onParticipantRemoved', 'onMessageAdded', 'onMessageUpdated',
  'onMessageRemoved', 'onDeliveryUpdated', 'onUserAdded', 'onUserUpdated'];

let [deliveries, heard, isFollowing] = [[], () => {}, false];

async function follow() {
  isFollowing = true;
  for (let cursor = null; isFollowing; await new Promise(resolve => setTimeout(resolve, 200))) {
    const since = cursor === null ? '' : `&since=${cursor}&wait=20s`;
    const answer = await get(`/control/deliveries?limit=1000${since}`);
    if (answer.ok) {
      cursor = answer.body.cursor;
      const ids = new Set(answer.body.deliveries.map(one => one.id));
      deliveries = [...answer.body.deliveries, ...deliveries.filter(one => !ids.has(one.id))].slice(0, 1000);
      heard();
    } else {
      await new Promise(resolve => setTimeout(resolve, 2000));
    }
  }
}

// What the server learns only from its database, such as that a delivery was given up.
async function refresh() {
  const answer = await get('/control/deliveries?limit=1000');
  deliveries = answer.body.deliveries ?? deliveries;
  heard();
}

const row = one => h('a.row', { href: `${base}/webhooks/${one.id}` },
  h('div.line', null, h('strong', null, one.event ?? 'event'), h(`span.state.${one.result}`, null, one.result.replace('_', ' ')),
    time(one.tries[0].date, 'real')), h('p.last', null, one.url),
  one.next_try ? h('p.last', null, `${one.tries.length} tries, the next `, time(one.next_try)) : null);

export function mount(main) {
  const said = h('div');
  const more = moreButton(() => show(shown += 150));
  const rows = h('div.rows', null, more);
  const search = searchField('Filter: event, receiver, result', () => show());
  const act = async (path, text) => {
    const answer = await send('POST', `/control/deliveries/${path}`);
    said.replaceChildren(answer.ok ? h('p.done', { role: 'status' }, text(answer.body)) : problem(answer));
    await refresh();
  };
  const tools = h('div.tools', null,
    button('Settle', () => act('settle', ({ waiting, dead_lettered: dead }) =>
      `All that waited was tried: ${waiting} wait, ${dead} are dead-lettered.`), { title: 'Try all that waits now' }),
    button('Resend failed', () => act('resend', ({ resent }) => `${resent} sent again.`)));
  const place = listBeside(main, 'Webhooks', 'Delivery', tools, search, said, rows);
  let [selected, opened, shown] = [null, null, 150];
  const listenHere = button('Receive all events here', async () => {
    const answer = await change('/v1/Configuration/Webhooks', { PostWebhookUrl: inbox, Method: 'POST', Filters: events });
    said.replaceChildren(answer.ok
      ? h('p.done', { role: 'status' }, 'Events of this account now arrive here. Change a conversation.') : problem(answer));
  }, { class: 'primary' });
  const none = () => live.state === 'off' ? noJournal()
    : deliveries.length > 0 ? empty('Nothing matches')
    : empty('No webhook was called yet', h('p', null, 'No receiver yet? This page can be one:'), h('code', null, inbox), listenHere,
      h('p', null, 'A request fires webhooks with the header'), h('code', null, 'X-Twilio-Webhook-Enabled: true'));
  function show() {
    const text = search.value.trim().toLowerCase();
    const found = deliveries.filter(one => `${one.event} ${one.url} ${one.result}`.toLowerCase().includes(text));
    list(rows, found.slice(0, shown), { keyOf: one => one.id, render: row, selected, none,
      versionOf: one => `${one.result} ${one.tries.length} ${one.next_try}` });
    more.hidden = found.length <= shown;
    const one = deliveries.find(other => other.id === selected);
    if (one && JSON.stringify(one) !== opened) {
      opened = JSON.stringify(one);
      place.replaceChildren(...detail(one, act));
    }
  }
  heard = show;
  isFollowing || follow();
  return {
    select(id) {
      [selected, opened] = [id, null];
      place.replaceChildren(empty(id ? 'This delivery is no longer in the journal' : 'Choose a delivery',
        h('p', null, 'It shows each try, its answer and its signature.')));
      show();
    },
  };
}

const detail = (one, act) => [
  h('div.head.wide', null,
    h('a.back', { href: `${base}/webhooks`, 'aria-label': 'All webhooks' }, icon('back')),
    h('div.title', null, h('h1', null, one.event ?? 'event', ' ', h(`span.state.${one.result}`, null, one.result.replace('_', ' '))),
      h('p', null, `${one.method} `, h('code', null, one.url))),
    button('Resend', () => act(`${one.id}/resend`, () => 'Sent again.'), { 'data-key': 's', title: 'Resend (s)' })),
  h('div.page', null, one.next_try ? h('p', null, 'The next try is ', time(one.next_try), '.') : null,
    h('div.sides', null, h('section', null, h('h2.label', null, 'Parameters'), table(Object.entries(one.parameters))),
      h('section', null, h('h2.label', null, one.tries.length === 1 ? 'One try' : `${one.tries.length} tries, newest first`),
        one.tries.map((attempt, at) => h('details.try', { open: at === 0 },
          h('summary.line', null, h(`span.status.${/^2/.test(attempt.result) ? 'good' : 'bad'}`, null, attempt.result),
            h('small', null, `${attempt.duration_ms} ms`), time(attempt.date, 'real')),
          attempt.answer ? [h('h2.label', null, 'Answer'), code(attempt.answer, 'Answer')] : h('p.quiet', null, 'An answer without a body'),
          attempt.signature ? [
            h('div.line', null, h('h2.label', null, 'X-Twilio-Signature'), copyButton(() => attempt.signature)),
            code(attempt.signature, 'Signature'),
            h('div.line', null, h('h2.label', null, 'Made of this text, with the auth token as the key'), copyButton(() => attempt.signed_text)),
            code(attempt.signed_text, 'Signed text')] : null)))))];
