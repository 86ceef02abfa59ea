// The list of conversations, and beside it the one that is open.
import { button, choice, colour, empty, h, icon, list, listBeside, moreButton, searchField, shortSid, time } from './dom.js';
import { base, change, origin, pages, problem, single } from './api.js';
import { go } from './app.js';

export const number = () => `+1555${`${Math.random()}`.slice(2, 9).padEnd(7, '0')}`;
const chat = identity => ({ Identity: identity });
const templates = {
  Empty: () => [{ FriendlyName: 'Conversation' }],
  Chat: () => [{ FriendlyName: 'Chat' }, chat('alice'), chat('bob')],
  SMS: () => [{ FriendlyName: 'SMS' }, chat('alice'),
    { 'MessagingBinding.Address': number(), 'MessagingBinding.ProxyAddress': '+15017122661' }],
  'Group text': () => [{ FriendlyName: 'Group text' },
    { Identity: 'alice', 'MessagingBinding.ProjectedAddress': number() },
    { 'MessagingBinding.Address': number() }, { 'MessagingBinding.Address': number() }],
};

export const nameOf = conversation =>
  conversation.friendly_name || conversation.unique_name || shortSid(conversation.sid);

export const channelOf = type => ({ sms: 'SMS', whatsapp: 'WhatsApp', email: 'Email', rcs: 'RCS', messenger: 'Messenger' })[type] ?? type ?? 'chat';

function row(conversation) {
  const last = conversation.last_message;
  const more = conversation.participant_count - conversation.participants.length;
  return h('a.row', { href: `${base}/conversations/${conversation.sid}` },
    h('div.line', null, h('strong', null, nameOf(conversation)),
      conversation.state === 'active' ? null : h(`span.state.${conversation.state}`, null, conversation.state),
      time(conversation.last_activity)),
    h('p.last', null, last ? [h('b', null, last.author, ': '), last.body ?? 'media'] : 'No messages'),
    conversation.participants.length > 0 && h('p.chips', null,
      conversation.participants.map(one => h(`span.chip.${colour(one.identity ?? one.address ?? one.sid)}`, null,
        one.identity ?? one.address ?? 'participant', one.type ? h('small', null, channelOf(one.type)) : null)),
      more > 0 ? h('span.more', null, `+${more}`) : null));
}

export function mount(main) {
  const search = searchField('Search: name, SID, identity, address', () => (shown = 1, load()));
  const said = h('div');
  const creators = Object.keys(templates).map(name => button(name, () => create(name)));
  const menu = h('details.menu', { ontoggle: () => menu.open && creators[0].focus() },
    h('summary.button', { 'data-key': 'n', title: 'New conversation (n)' }, icon('plus'), 'New'),
    h('div.card', null, creators));
  const more = moreButton(() => (shown += 1, load()));
  const rows = h('div.rows', null, more);
  const place = listBeside(main, 'Conversations', 'Conversation', menu, search, said, rows);
  let [open, opening, selected, shown] = [null, null, null, 1];
  async function create(name) {
    const [conversation, ...participants] = templates[name]();
    menu.open = false;
    said.replaceChildren();
    let answer = await change('/v1/Conversations', conversation);
    const sid = answer.body.sid;
    for (const one of participants) {
      answer = answer.ok ? await change(`/v1/Conversations/${sid}/Participants`, one) : answer;
    }
    if (!answer.ok) { said.replaceChildren(problem(answer)); }
    if (!sid) { return; }
    await load();
    await go(`/conversations/${sid}`);
    await opening;
    await open?.ready;
    document.querySelector('.composer textarea')?.focus();
  }
  const none = () => search.value
    ? empty('Nothing found', h('p', null, 'No name, SID, identity or address has this text.'))
    : empty('No conversations yet', h('p', null, 'Make one here:'),
      h('p.choices', null, Object.keys(templates).map(name => button(name, () => create(name)))),
      h('p', null, 'Or with a program:'),
      h('pre', { tabindex: 0 }, `curl -u $ACCOUNT_SID:$AUTH_TOKEN ${origin}/v1/Conversations -d FriendlyName=Support`));
  const load = single(async () => {
    const answer = await pages(`/control/conversations?search=${encodeURIComponent(search.value)}`, 'conversations', shown);
    if (answer.status === 0) { return; }
    list(rows, answer.rows, { keyOf: one => one.sid, render: row, selected, none: answer.ok ? none : () => problem(answer) });
    more.hidden = !answer.next;
  });
  return {
    select(sid, part) {
      if (sid && sid === selected) { return open?.mark(part); }
      open?.close();
      [open, selected] = [null, sid];
      load();
      opening = sid && import('./conversation.js').then(module => {
        if (sid === selected) { open = module.openConversation(place, sid, part); }
      });
      sid || place.replaceChildren(choice('conversation', 'It opens here and stays up to date.', 'n', 'for a new one'));
    },
    update(entries) {
      if (entries.length === 0 || entries.some(entry => entry.method !== 'GET')) { load(); }
      open?.update(entries);
    },
  };
}
