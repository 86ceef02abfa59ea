// The list of conversations, and beside it the one that is open.
import { button, colour, empty, h, icon, list, shortSid, time } from './dom.js';
import { base, change, get, origin, problem } from './api.js';
import { go } from './app.js';
import { openConversation } from './conversation.js';

const digits = () => `${Math.random()}`.slice(2, 9).padEnd(7, '0');
const chat = identity => ({ Identity: identity });

const templates = {
  Empty: () => [{ FriendlyName: 'Conversation' }],
  Chat: () => [{ FriendlyName: 'Chat' }, chat('alice'), chat('bob')],
  SMS: () => [{ FriendlyName: 'SMS' }, chat('alice'), {
    'MessagingBinding.Address': `+1555${digits()}`,
    'MessagingBinding.ProxyAddress': '+15017122661',
  }],
  'Group text': () => [{ FriendlyName: 'Group text' },
    { Identity: 'alice', 'MessagingBinding.ProjectedAddress': `+1501${digits()}` },
    { 'MessagingBinding.Address': `+1555${digits()}` },
    { 'MessagingBinding.Address': `+1555${digits()}` }],
};

export const nameOf = conversation =>
  conversation.friendly_name || conversation.unique_name || shortSid(conversation.sid);

export const channelOf = type => ({ sms: 'SMS', whatsapp: 'WhatsApp', email: 'Email', rcs: 'RCS' })[type] ?? type ?? 'chat';

function row(conversation) {
  const last = conversation.last_message;
  const more = conversation.participant_count - conversation.participants.length;
  return h('a.row', { href: `${base}/conversations/${conversation.sid}` },
    h('div.line', null,
      h('strong', null, nameOf(conversation)),
      conversation.state === 'active' ? null : h(`span.state.${conversation.state}`, null, conversation.state),
      time(conversation.last_activity)),
    h('p.last', null, last ? [h('b', null, last.author, ': '), last.body ?? 'media'] : 'No messages'),
    conversation.participants.length > 0 && h('p.chips', null,
      conversation.participants.map(one => h(`span.chip.${colour(one.identity ?? one.address ?? one.sid)}`, null,
        one.identity ?? one.address ?? 'participant',
        one.type ? h('small', null, channelOf(one.type)) : null)),
      more > 0 ? h('span.more', null, `+${more}`) : null));
}

export function mount(main) {
  const search = h('input.search', {
    type: 'search', 'data-key': '/', placeholder: 'Search: name, SID, identity, address', 'aria-label': 'Search',
    oninput: () => load(),
  });
  const said = h('div');
  const creators = Object.keys(templates).map(name => button(name, () => create(name)));
  const menu = h('details.menu', { ontoggle: () => menu.open && creators[0].focus() },
    h('summary.button', { 'data-key': 'n', title: 'New conversation (n)' }, icon('plus'), 'New'),
    h('div.card', null, creators));
  const rows = h('div.rows');
  const place = h('section.detail', { 'aria-label': 'Conversation' });
  main.append(
    h('section.list', { 'aria-label': 'Conversations' },
      h('div.head', null, h('h1', null, 'Conversations'), menu), h('div.search-line', null, search), said, rows),
    place);
  let [open, selected, asked, later] = [null, null, 0, null];
  async function create(name) {
    const [conversation, ...participants] = templates[name]();
    menu.open = false;
    said.replaceChildren();
    let answer = await change('/v1/Conversations', conversation);
    const sid = answer.body.sid;
    for (const one of participants) {
      answer = answer.ok ? await change(`/v1/Conversations/${sid}/Participants`, one) : answer;
    }
    if (!answer.ok) {
      said.replaceChildren(problem(answer));
    }
    if (sid) {
      await load();
      await go(`/conversations/${sid}`);
      await open.ready;
      document.querySelector('.composer textarea')?.focus();
    }
  }
  const none = () => search.value
    ? empty('Nothing found', h('p', null, 'No name, SID, identity or address has this text.'))
    : empty('No conversations yet', h('p', null, 'Make one here:'),
      h('p.choices', null, Object.keys(templates).map(name => button(name, () => create(name)))),
      h('p', null, 'Or with a program:'),
      h('pre', { tabindex: 0 }, `curl -u $ACCOUNT_SID:$AUTH_TOKEN ${origin}/v1/Conversations -d FriendlyName=Support`));
  async function load() {
    const turn = ++asked;
    const answer = await get(`/control/conversations?search=${encodeURIComponent(search.value)}`);
    if (turn !== asked) {
      return;
    }
    const found = answer.body.conversations ?? [];
    list(rows, found, { keyOf: one => one.sid, render: row, selected, none: answer.ok ? none : () => problem(answer) });
  }
  return {
    select(sid) {
      if (sid === selected && open) {
        return;
      }
      open?.close();
      selected = sid;
      load();
      open = sid ? openConversation(place, sid) : null;
      if (!sid) {
        place.replaceChildren(empty('Choose a conversation', h('p', null, 'It opens here and stays up to date.'),
          h('p.hint', null, h('kbd', null, 'j'), h('kbd', null, 'k'), ' to move, ', h('kbd', null, 'n'), ' for a new one')));
      }
    },
    update(entries) {
      clearTimeout(later);
      later = setTimeout(load, entries.length > 20 ? 500 : 0);
      open?.update();
    },
  };
}
