// One conversation: messages, participants, timers, webhooks; and forms to take part.
import { button, careful, colour, copyButton, empty, field, h, icon, moreButton, sync, time, valuesOf } from './dom.js';
import { account, announce, base, change, get, has, missing, pages, problem, send, single } from './api.js';
import { channelOf, nameOf, number } from './conversations.js';
import { go } from './app.js';

// So many messages are kept while older ones are read.
const most = 5000;
const phone = (address, proxy) => [
  ['Address', 'MessagingBinding.Address', address], ['Proxy address', 'MessagingBinding.ProxyAddress', proxy]];

const names = ['alice', 'bob', 'carol', 'dave', 'erin'];
// Which parameters go together. The values are ready to be sent.
const kinds = {
  chat: { label: 'Chat', fields: name => [['Identity', 'Identity', name]] },
  sms: { label: 'SMS', fields: () => phone(number(), '+15017122661') },
  whatsapp: { label: 'WhatsApp', fields: () => phone(`whatsapp:${number()}`, 'whatsapp:+15017122661') },
  messenger: { label: 'Messenger', fields: () => phone(`messenger:${number().slice(1)}`, 'messenger:15017122661') },
  group: { label: 'Group text: a phone', fields: () => [['Address', 'MessagingBinding.Address', number()]] },
  projected: { label: 'Group text: a user', fields: name => [['Identity', 'Identity', name],
    ['Projected address', 'MessagingBinding.ProjectedAddress', '+15017122661']] },
};

const addressOf = one => one.messaging_binding?.address ?? null;
const isPhone = one => has('inbound') && one && !one.identity && addressOf(one);
const titleOf = one => one.identity ?? addressOf(one) ?? one.messaging_binding?.projected_address ?? one.sid;

// Where a phone's message goes: to its proxy address, an email's receiver, or all others of its group text.
const receivers = (one, participants, conversation) => one.messaging_binding.proxy_address
  ?? (one.messaging_binding.type === 'email' ? conversation.bindings?.email?.address ?? '' : participants
    .filter(other => other !== one).map(other => addressOf(other) ?? other.messaging_binding?.projected_address).join());

const attributesOf = row => row.attributes === '{}' ? null : h('p.attributes', { title: 'Attributes' }, row.attributes);

// What Twilio's documentation calls the errors of deliveries.
const deliveryErrors = { 21610: 'Recipient opted out', 30003: 'Unreachable destination handset', 30004: 'Message blocked',
  30005: 'Unknown destination handset', 30006: 'Landline or unreachable carrier', 30007: 'Message filtered' };

// How far a message got, and the class of it. A phone's own message goes to the other phones.
function marks({ total, delivered, read, failed, undelivered, sent }, isFromPhone) {
  const some = share => share !== 'none';
  const phones = `${total} ${isFromPhone ? 'other ' : ''}phone${total === 1 ? '' : 's'}`;
  return some(failed) || some(undelivered)
    ? [`✕ not delivered to ${[failed, undelivered].includes('all') ? '' : 'some of '}${phones}`, 'bad']
    : read === 'all' ? ['✓✓ read', 'read'] : delivered === 'all' ? ['✓✓ delivered', 'good']
    : some(sent) || some(delivered) ? ['✓ sent', 'wait'] : ['… queued', 'wait'];
}

export function openConversation(place, sid, part) {
  let [path, isOpen, participants, conversation, roles, isLast] = [null, true, [], null, {}, true];
  let [messages, older, memberPages, followUps] = [[], null, 1, []];
  let [known, isMixed, isStale, marked, isSought] = [new Map(), false, false, part, true];
  const receipts = new Map();
  const head = h('div.head.wide');
  const earlier = moreButton(() => showOlder(), 'Show older messages');
  Object.assign(earlier, { title: 'Older messages (o)' }).dataset.key = 'o';
  const bubbles = h('div.bubbles', { role: 'log', 'aria-label': 'Messages' });
  const thread = h('div.thread', { role: 'region', 'aria-label': 'Conversation so far', tabindex: 0,
    onscroll: () => isStale && isAtEnd() && load() }, earlier, bubbles);
  const said = h('div');
  const people = h('div.people');
  const others = moreButton(() => (memberPages = Infinity, load()), 'Show all participants');
  const facts = h('div.facts');
  let author = null;
  const as = h('select', { name: 'as', 'aria-label': 'Write as', onchange: () => { author = as.value; } });
  const text = h('textarea', {
    name: 'body', rows: 1, placeholder: 'Write a message', 'aria-label': 'Message', 'data-key': 'm',
    onkeydown: event => event.key === 'Enter' && !event.shiftKey && (event.preventDefault(), composer.requestSubmit()),
  });
  const composer = h('form.composer', { onsubmit: event => (event.preventDefault(), write()) },
    h('label', null, h('span', null, 'as'), as), text, h('button.primary', null, 'Send'));
  const kind = h('select', { name: 'kind', onchange: () => fill() },
    Object.entries(kinds).map(([name, one]) => h('option', { value: name }, one.label)));
  const fields = h('div.fields');
  const addSaid = h('div');
  const adding = h('form.add', { onsubmit: event => (event.preventDefault(), add()) },
    h('label.field', null, h('span', null, 'Channel'), kind), fields, addSaid, h('button', null, 'Add'));
  const opening = h('details', { ontoggle: () => opening.open && (fill(), fields.querySelector('input').focus()) },
    h('summary', { 'data-key': 'a', title: 'Add a participant (a)' }, icon('plus'), 'Add a participant'), adding);
  const fill = () => fields.replaceChildren(...kinds[kind.value].fields(names.find(one => !known.has(one)) ?? '')
    .map(([label, name, value]) => field(label, name, { value, required: true })));
  async function act(answer, where = said) {
    where.replaceChildren(...(answer.ok ? [] : [problem(answer)]));
    await load();
    return answer.ok;
  }
  async function add() {
    const { kind: _, ...form } = valuesOf(adding);
    memberPages = Infinity;
    if (!await act(await change(`${path}/Participants`, form), addSaid)) { return; }
    if (adding.contains(document.activeElement)) { opening.querySelector('summary').focus(); }
    fill();
    opening.open = false;
  }
  async function write() {
    const body = text.value.trim();
    if (!body) { return; }
    text.value = '';
    const one = participants.find(other => other.sid === as.value);
    isLast = true;
    const answer = isPhone(one)
      ? await send('POST', '/control/inbound', { from: addressOf(one), to: receivers(one, participants, conversation), body })
      : await change(`${path}/Messages`, { Author: one ? titleOf(one) : 'system', Body: body });
    const { result, reason, conversation_sid: went } = answer.body;
    if (result && went !== sid) {
      Object.assign(answer, { ok: false, status: 0, body: { message: reason ?? `The message went to ${went}.` } });
    }
    if (!await act(answer)) { text.value ||= body; }
  }
  function showHead() {
    head.replaceChildren(back(),
      h('div.title', null, h('h1', null, nameOf(conversation), ' ', h(`span.state.${conversation.state}`, null, conversation.state)),
        h('p', null, h('code', null, sid), conversation.unique_name ? ` · ${conversation.unique_name}` : '')),
      copyButton(() => sid, 'Copy SID'),
      ...conversation.state === 'closed' ? [] : [careful('Close', async () => act(await change(path, { State: 'closed' })),
        { 'data-key': 'c', title: 'Close (c)' })],
      careful('Delete', async () => {
        const answer = await change(path, undefined, 'DELETE');
        answer.ok ? (announce([]), go('/conversations')) : act(answer);
      }));
  }
  function showFacts(webhooks) {
    const { timers } = conversation;
    const version = JSON.stringify([conversation, webhooks]);
    if (facts.version === version) { return; }
    facts.version = version;
    const wanted = [['Goes inactive', timers.date_inactive], ['Closes', timers.date_closed]].filter(([, date]) => date);
    facts.replaceChildren(...[wanted.length > 0 && h('h2.label', null, 'Timers'),
      ...wanted.map(([label, date]) => h('p', null, `${label} `, time(date))),
      wanted.length > 0 && has('clock') && button('Go to the next timer', async () => act(await send('POST',
        '/control/clock/advance', { to: wanted.map(([, date]) => date).sort()[0] })), { class: 'quiet' }),
      webhooks.length > 0 && h('h2.label', null, 'Webhooks'),
      ...webhooks.map(one => h('p', null, h('b', null, one.target), ' ', h('span.url', null,
        one.configuration.url ?? one.configuration.flow_sid ?? ''))),
      attributesOf(conversation) && h('h2.label', null, 'Attributes'), attributesOf(conversation)].filter(Boolean));
  }
  function participant(one) {
    const binding = one.messaging_binding;
    const own = `${path}/Participants/${one.sid}`;
    const next = conversation.next;
    const [read, unread] = [one.last_read_message_index, next - 1 - (one.last_read_message_index ?? -1)];
    return h('article.person', { title: one.sid },
      h('p.line', null, h(`i.dot.${colour(titleOf(one))}`), h('strong', null, titleOf(one)),
        h('small.channel', null, channelOf(binding?.type))),
      binding?.proxy_address ? h('p', null, 'writes to ', h('span.url', null, binding.proxy_address)) : null,
      binding?.projected_address && one.identity
        ? h('p', null, 'is seen as ', h('span.url', null, binding.projected_address)) : null,
      h('p', null, roles[one.role_sid] ?? one.role_sid,
        one.identity ? ` · ${read === null ? 'has read nothing' : `has read to ${read}`}` : '',
        one.identity && next > 0 ? h('span.unread', null, unread > 0 ? ` · ${unread} unread` : ' · all read') : null),
      attributesOf(one),
      h('p.tools', null, copyButton(() => one.sid, 'Copy SID'), conversation.state === 'closed' ? null : [
        one.identity && unread > 0 && next > 0 ? button('Mark as read', async () =>
          act(await change(own, { LastReadMessageIndex: next - 1 })), { class: 'quiet' }) : null,
        button('Remove', async () => act(await change(own, undefined, 'DELETE')), { class: 'quiet' })]));
  }
  // Where a message stands, and the channel of its author.
  function looksOf(message) {
    const one = known.get(message.participant_sid) ?? known.get(message.author);
    const isRight = one && (isMixed ? Boolean(one.identity) : one === participants[0]);
    const side = isRight ? 'right' : !one && message.author === 'system' ? 'middle' : 'left';
    return [side, one ? channelOf(one.messaging_binding?.type) : null];
  }
  function bubble(message) {
    const [side, channel] = looksOf(message);
    return h(`article.message.${side}.${colour(message.author)}`, { id: message.sid },
      h('p.author', null, message.author, channel && h('small', null, channel)),
      h('div.bubble', null, message.body,
        (message.media ?? []).map(one => h('p.media', null, `${one.filename ?? one.sid} · ${one.content_type} · ${one.size} bytes`))),
      attributesOf(message),
      h('p.facts', null, `#${message.index} · `, time(message.date_created), ' ', message.delivery && marksOf(message)),
      receipts.get(message.sid)?.map(receipt));
  }
  function marksOf(message) {
    const [text, kind] = marks(message.delivery, isPhone(known.get(message.participant_sid)));
    return button(text, async () => {
      if (!receipts.delete(message.sid)) { await readReceipts(message.sid); }
      showMessages();
    }, { class: `quiet marks ${kind}`, title: 'To whom, and why not', 'aria-expanded': String(receipts.has(message.sid)) });
  }
  function receipt({ participant_sid: to, status, error_code: error }) {
    return h('p.facts.receipt', null, known.has(to) ? titleOf(known.get(to)) : to, ' · ', status, error && [' · ',
      h('a', { href: `https://www.twilio.com/docs/errors/${error}` }, `${error} ${deliveryErrors[error] ?? ''}`)]);
  }
  async function readReceipts(message) {
    const { rows } = await pages(`${path}/Messages/${message}/Receipts?PageSize=100`, 'delivery_receipts', 10);
    receipts.set(message, rows);
  }
  const isAtEnd = () => thread.scrollHeight - thread.scrollTop - thread.clientHeight < 40;
  function showMessages() {
    earlier.hidden = !older;
    bubbles.querySelector('.empty')?.remove();
    sync(bubbles, messages, one => one.sid, bubble, one => JSON.stringify([one, looksOf(one), receipts.get(one.sid)]));
    if (messages.length === 0) {
      bubbles.append(empty('No messages', h('p', null, conversation.state === 'closed' ? 'This conversation is closed.'
        : participants.length > 0 ? 'Write the first one below, as any participant.' : 'Add a participant, then write as them.')));
    }
  }
  // At its end the thread has the newest page alone. Who reads older messages keeps them, and nothing moves.
  function take({ rows, next }) {
    const page = rows.reverse();
    const [isEnd, first] = [isLast || isAtEnd(), page[0]?.index ?? 0];
    const kept = isEnd ? [] : messages.filter(one => one.index < first);
    isStale = !isEnd && (messages.length >= most || first > (messages.at(-1)?.index ?? -1) + 1);
    if (!isStale) { [messages, older, isLast] = [[...kept, ...page], kept.length > 0 ? older : next, false]; }
    showMessages();
    if (isEnd) { thread.scrollTop = thread.scrollHeight; }
  }
  // The message that was the first one stays where it is, or comes to the top.
  async function showOlder() {
    const from = older;
    const answer = await pages(from, 'messages', 1);
    if (!answer.ok || from !== older) {
      return said.replaceChildren(...(answer.ok ? [] : [problem(answer)]));
    }
    const [height, top] = [thread.scrollHeight, thread.scrollTop];
    const before = answer.rows.reverse().filter(one => one.index < messages[0].index);
    [messages, older] = [[...before, ...messages], answer.next];
    showMessages();
    thread.scrollTop = thread.scrollHeight - height + (top < thread.clientHeight ? top : 0);
  }
  function showChoices() {
    sync(as, [...participants, { sid: 'system', identity: 'system' }], one => one.sid,
      one => h('option', { value: one.sid }, titleOf(one), isPhone(one) ? ' (the phone sends)' : null), titleOf);
    as.value = [...as.options].some(option => option.value === author) ? author : as.options[0].value;
  }
  async function find() {
    const found = await get(`/control/conversations?search=${sid}`);
    const service = found.body.conversations?.find(one => one.sid === sid)?.chat_service_sid;
    if (service) {
      // The shorter shape of a path is that of the default service.
      const shape = service.slice(2) === account.sid.slice(2) ? '/v1' : `/v1/Services/${service}`;
      path = `${shape}/Conversations/${sid}`;
      pages(`${shape}/Roles?PageSize=100`, 'roles', 10).then(answer => {
        roles = Object.fromEntries(answer.rows.map(role => [role.sid, role.friendly_name]));
        load();
      });
    }
    return found.status === 0 ? null : Boolean(service);
  }
  const load = single(async () => {
    const isThere = path ? true : await find();
    if (!isThere) { return isThere === false && gone(); }
    const [own, members, newest, webhooks] = await Promise.all([
      get(path), pages(`${path}/Participants?PageSize=100`, 'participants', memberPages),
      pages(`${path}/Messages?PageSize=100&Order=desc`, 'messages', 1), get(`${path}/Webhooks`)]);
    if (!isOpen) { return; }
    const failed = [own, members, newest].find(answer => !answer.ok);
    if (failed?.status === 0) { return; }
    if (failed) { return own.status === 404 ? gone() : said.replaceChildren(problem(failed)); }
    [conversation, participants] = [{ ...own.body, next: (newest.rows[0]?.index ?? -1) + 1 }, members.rows];
    known = new Map(participants.flatMap(one => [[titleOf(one), one], [one.sid, one]]));
    isMixed = participants.some(one => !one.identity);
    if (!head.isConnected) {
      place.replaceChildren(head, h('div.conversation', null, h('div.talk', null, thread, said, composer),
        h('aside', { 'aria-label': 'Participants', tabindex: 0 }, h('h2.label', null, 'Participants'), people, others, opening, facts)));
    }
    const version = JSON.stringify(own.body);
    if (head.version !== version) {
      head.version = version;
      showHead();
    }
    others.hidden = !members.next;
    opening.hidden = composer.hidden = conversation.state === 'closed';
    sync(people, participants, one => one.sid, participant,
      one => JSON.stringify([one, conversation.next, conversation.state, roles[one.role_sid]]));
    showFacts(webhooks.body.webhooks ?? []);
    showChoices();
    await Promise.all([...receipts.keys()].map(readReceipts));
    take(newest);
    showMarked(members.next);
  });
  // The participant or message that a link names. It may be among the participants that are not read yet.
  function showMarked(hasMore) {
    const row = marked && place.querySelector(`article[data-key="${CSS.escape(marked)}"]`);
    if (row) {
      place.querySelectorAll('article').forEach(other => { other.ariaCurrent = other === row ? 'true' : null; });
      isSought && row.scrollIntoView({ block: 'center' });
      isSought = false;
    } else if (marked?.startsWith('MB') && hasMore) {
      memberPages = Infinity;
      load();
    }
  }
  const mark = named => ([marked, isSought] = [named, true], load());
  const back = () => h('a.back', { href: `${base}/conversations`, 'aria-label': 'All conversations' }, icon('back'));
  const gone = () => isOpen
    && place.replaceChildren(h('div.head.wide', null, back()), missing('conversation', 'It may be deleted'));
  // What a request did to a message, which may be an older one.
  function learn({ path: changed, answer, status }) {
    messages = messages.map(one => changed.endsWith(one.sid) && answer?.sid === one.sid ? answer : one)
      .filter(one => status !== 204 || !changed.endsWith(one.sid));
  }
  // The conversation's path may have its unique name. Users and roles are part of what is shown.
  const concerns = ({ method, path: changed }) => method !== 'GET' && (!changed.includes('/Conversations/')
    || [sid, conversation?.unique_name].some(name => name && changed.includes(`/${encodeURIComponent(name)}`)));
  // Deliveries turn from sent to delivered and read without a request.
  function update(entries = []) {
    if (entries.length > 0 && !entries.some(concerns)) { return null; }
    entries.filter(concerns).forEach(learn);
    followUps.forEach(clearTimeout);
    followUps = [500, 1500, 3000, 6000, 12000].map(ms => setTimeout(load, ms));
    return load();
  }
  place.replaceChildren();
  const close = () => (isOpen = false, followUps.forEach(clearTimeout));
  return { ready: update(), update, mark, close };
}
