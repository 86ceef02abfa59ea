// One conversation: messages, participants, timers, webhooks; and forms to take part.
import { button, careful, colour, copyButton, empty, field, h, icon, sync, time, valuesOf } from './dom.js';
import { account, announce, base, change, get, has, problem, send } from './api.js';
import { channelOf, nameOf } from './conversations.js';
import { go } from './app.js';

const number = () => `+1555${`${Math.random()}`.slice(2, 9).padEnd(7, '0')}`;

// Which parameters go together. The values are ready to be sent.
const kinds = {
  chat: { label: 'Chat', fields: () => [['Identity', 'Identity', 'alice']] },
  sms: { label: 'SMS', fields: () => [
    ['Address', 'MessagingBinding.Address', number()], ['Proxy address', 'MessagingBinding.ProxyAddress', '+15017122661']] },
  whatsapp: { label: 'WhatsApp', fields: () => [
    ['Address', 'MessagingBinding.Address', `whatsapp:${number()}`],
    ['Proxy address', 'MessagingBinding.ProxyAddress', 'whatsapp:+15017122661']] },
  group: { label: 'Group text: a phone', fields: () => [['Address', 'MessagingBinding.Address', number()]] },
  projected: { label: 'Group text: a user', fields: () => [
    ['Identity', 'Identity', 'alice'], ['Projected address', 'MessagingBinding.ProjectedAddress', '+15017122661']] },
};

const addressOf = one => one.messaging_binding?.address ?? null;
const titleOf = one => one.identity ?? addressOf(one) ?? one.messaging_binding?.projected_address ?? one.sid;
const attributesOf = row => row.attributes === '{}' ? null : h('p.attributes', { title: 'Attributes' }, row.attributes);

function marks({ total, delivered, read, failed, undelivered, sent }) {
  const some = share => share !== 'none';
  const [sign, text, kind] = some(failed) || some(undelivered) ? ['✕', 'not delivered', 'bad']
    : read === 'all' ? ['✓✓', 'read', 'read'] : delivered === 'all' ? ['✓✓', 'delivered', 'good']
    : some(sent) || some(delivered) ? ['✓', 'sent', ''] : ['…', 'queued', ''];
  return h(`span.marks.${kind || 'wait'}`, { title: `${total} phone${total === 1 ? '' : 's'}` }, `${sign} ${text}`);
}

export function openConversation(place, sid) {
  let [path, isOpen, participants, conversation, roles, isLast] = [null, true, [], null, {}, true];
  let followUps = [];
  const head = h('div.head.wide');
  const thread = h('div.thread', { role: 'log', 'aria-label': 'Messages', tabindex: 0 });
  const said = h('div');
  const people = h('div.people');
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
  const opening = h('details', { ontoggle: () => opening.open && fields.querySelector('input').focus() },
    h('summary', { 'data-key': 'a', title: 'Add a participant (a)' }, icon('plus'), 'Add a participant'), adding);
  const fill = () => fields.replaceChildren(
    ...kinds[kind.value].fields().map(([label, name, value]) => field(label, name, { value, required: true })));
  fill();
  async function act(answer, where = said) {
    where.replaceChildren(...(answer.ok ? [] : [problem(answer)]));
    await load();
    return answer.ok;
  }
  async function add() {
    const { kind: _, ...form } = valuesOf(adding);
    if (await act(await change(`${path}/Participants`, form), addSaid)) {
      fill();
      opening.open = false;
      opening.querySelector('summary').focus();
    }
  }
  async function write() {
    const body = text.value.trim();
    if (!body) {
      return;
    }
    text.value = '';
    const one = participants.find(other => other.sid === as.value);
    const binding = one?.messaging_binding;
    isLast = true;
    const others = participants.filter(other => other !== one).map(other =>
      addressOf(other) ?? other.messaging_binding?.projected_address).filter(Boolean);
    // A phone writes to its proxy address, or to all others of its group text.
    const answer = has('inbound') && one && !one.identity
      ? await send('POST', '/control/inbound', { from: binding.address, to: binding.proxy_address ?? others.join(), body })
      : await change(`${path}/Messages`, { Author: one ? titleOf(one) : 'system', Body: body });
    if (answer.body?.result === 'unrouted') {
      [answer.ok, answer.body] = [false, { message: answer.body.reason ?? 'The message belongs to no conversation.' }];
    }
    if (!await act(answer)) {
      text.value ||= body;
    }
  }
  function showHead() {
    const isClosed = conversation.state === 'closed';
    head.replaceChildren(
      h('a.back', { href: `${base}/conversations`, 'aria-label': 'All conversations' }, icon('back')),
      h('div.title', null, h('h1', null, nameOf(conversation), ' ', h(`span.state.${conversation.state}`, null, conversation.state)),
        h('p', null, h('code', null, sid), conversation.unique_name ? ` · ${conversation.unique_name}` : '')),
      copyButton(() => sid, 'Copy SID'),
      isClosed ? null : button('Close', async () => act(await change(path, { State: 'closed' })),
        { 'data-key': 'c', title: 'Close (c)' }),
      careful('Delete', async () => {
        const answer = await change(path, undefined, 'DELETE');
        if (answer.ok) {
          announce([]);
          go('/conversations');
        } else {
          act(answer);
        }
      }));
  }
  function showFacts(webhooks) {
    const { timers } = conversation;
    const version = JSON.stringify([conversation, webhooks]);
    if (facts.version === version) {
      return;
    }
    facts.version = version;
    const wanted = [['Goes inactive', timers.date_inactive], ['Closes', timers.date_closed]].filter(([, date]) => date);
    facts.replaceChildren(...[
      wanted.length > 0 && h('h2.label', null, 'Timers'),
      ...wanted.map(([label, date]) => h('p', null, `${label} `, time(date))),
      wanted.length > 0 && has('clock') && button('Go to the next timer', async () => act(await send('POST',
        '/control/clock/advance', { to: wanted.map(([, date]) => date).sort()[0] })), { class: 'quiet' }),
      webhooks.length > 0 && h('h2.label', null, 'Webhooks'),
      ...webhooks.map(one => h('p', null, h('b', null, one.target), ' ', h('span.url', null,
        one.configuration.url ?? one.configuration.flow_sid ?? ''))),
      attributesOf(conversation) && h('h2.label', null, 'Attributes'),
      attributesOf(conversation)].filter(Boolean));
  }
  function participant(one) {
    const binding = one.messaging_binding;
    const next = conversation.next;
    const [read, unread] = [one.last_read_message_index, next - 1 - (one.last_read_message_index ?? -1)];
    return h('article.person', null,
      h('p.line', null, h(`i.dot.${colour(titleOf(one))}`), h('strong', null, titleOf(one)),
        h('small.channel', null, channelOf(binding?.type))),
      binding?.proxy_address ? h('p', null, 'writes to ', h('span.url', null, binding.proxy_address)) : null,
      binding?.projected_address && one.identity
        ? h('p', null, 'is seen as ', h('span.url', null, binding.projected_address)) : null,
      h('p', null, roles[one.role_sid] ?? one.role_sid,
        one.identity ? ` · ${read === null ? 'has read nothing' : `has read to ${read}`}` : '',
        one.identity && next > 0 ? h('span.unread', null, unread > 0 ? ` · ${unread} unread` : ' · all read') : null),
      attributesOf(one),
      conversation.state === 'closed' ? null : h('p.tools', null,
        one.identity && unread > 0 && next > 0 ? button('Mark as read', async () =>
          act(await change(`${path}/Participants/${one.sid}`, { LastReadMessageIndex: next - 1 })), { class: 'quiet' }) : null,
        button('Remove', async () => act(await change(`${path}/Participants/${one.sid}`, undefined, 'DELETE')), { class: 'quiet' })));
  }
  function bubble(message) {
    const one = participants.find(other => other.sid === message.participant_sid)
      ?? participants.find(other => titleOf(other) === message.author);
    const isMixed = participants.some(other => !other.identity);
    const isRight = one && (isMixed ? Boolean(one.identity) : one === participants[0]);
    const side = one ? (isRight ? 'right' : 'left') : message.author === 'system' ? 'middle' : 'left';
    return h(`article.message.${side}.${colour(message.author)}`, { id: message.sid },
      h('p.author', null, message.author, one && h('small', null, channelOf(one.messaging_binding?.type))),
      h('div.bubble', null,
        message.body,
        (message.media ?? []).map(one => h('p.media', null, `${one.filename ?? one.sid} · ${one.content_type} · ${one.size} bytes`))),
      attributesOf(message),
      h('p.facts', null, `#${message.index} · `, time(message.date_created), ' ',
        message.delivery ? marks(message.delivery) : null));
  }
  function showMessages(messages) {
    isLast = isLast || thread.scrollHeight - thread.scrollTop - thread.clientHeight < 40;
    const order = participants.map(one => [one.sid, titleOf(one)]);
    thread.querySelector('.empty')?.remove();
    sync(thread, messages, one => one.sid, bubble, one => JSON.stringify([one, order]));
    if (messages.length === 0) {
      thread.replaceChildren(empty('No messages yet', h('p', null,
        participants.length > 0 ? 'Write the first one below, as any participant.' : 'Add a participant, then write as them.')));
    }
    if (isLast) {
      thread.scrollTop = thread.scrollHeight;
      isLast = false;
    }
  }
  function showChoices() {
    sync(as, [...participants, { sid: 'system', identity: 'system' }], one => one.sid,
      one => h('option', { value: one.sid }, titleOf(one)), titleOf);
    as.value = [...as.options].some(option => option.value === author) ? author : as.options[0].value;
  }
  async function find() {
    const found = await get(`/control/conversations?search=${sid}`);
    const service = found.body.conversations?.find(one => one.sid === sid)?.chat_service_sid;
    if (service) {
      // The shorter shape of a path is that of the default service.
      const shape = service.slice(2) === account.sid.slice(2) ? '/v1' : `/v1/Services/${service}`;
      path = `${shape}/Conversations/${sid}`;
      get(`${shape}/Roles?PageSize=100`).then(answer => {
        roles = Object.fromEntries((answer.body.roles ?? []).map(role => [role.sid, role.friendly_name]));
        load();
      });
    }
    return Boolean(service);
  }
  async function load() {
    if (!path && !(await find())) {
      return gone();
    }
    const [own, members, messages, webhooks] = await Promise.all([
      get(path), get(`${path}/Participants?PageSize=100`), get(`${path}/Messages?PageSize=100&Order=desc`),
      get(`${path}/Webhooks`)]);
    if (!isOpen) {
      return;
    }
    if (![own, members, messages].every(answer => answer.ok)) {
      return own.status === 404 ? gone() : said.replaceChildren(problem(own));
    }
    const list = messages.body.messages.reverse();
    [conversation, participants] = [{ ...own.body, next: (list.at(-1)?.index ?? -1) + 1 }, members.body.participants];
    if (!head.isConnected) {
      place.replaceChildren(head, h('div.conversation', null,
        h('div.talk', null, thread, said, composer),
        h('aside', { 'aria-label': 'Participants', tabindex: 0 }, h('h2.label', null, 'Participants'), people, opening, facts)));
    }
    const version = JSON.stringify(own.body);
    if (head.version !== version) {
      head.version = version;
      showHead();
    }
    opening.hidden = composer.hidden = conversation.state === 'closed';
    sync(people, participants, one => one.sid, participant,
      one => JSON.stringify([one, conversation.next, conversation.state, roles]));
    showFacts(webhooks.body.webhooks ?? []);
    showChoices();
    showMessages(list);
    place.dataset.messages = list.length;
  }
  function gone() {
    isOpen && place.replaceChildren(
      h('div.head.wide', null, h('a.back', { href: `${base}/conversations`, 'aria-label': 'All conversations' }, icon('back'))),
      empty('There is no such conversation', h('p', null, h('code', null, sid)), h('p', null, 'It may have been deleted.')));
  }
  // Deliveries turn from sent to delivered and read without a request.
  function update() {
    followUps.forEach(clearTimeout);
    followUps = [500, 1500, 3000, 6000, 12000].map(ms => setTimeout(load, ms));
    return load();
  }
  place.replaceChildren();
  return {
    ready: update(),
    update,
    close() {
      isOpen = false;
      followUps.forEach(clearTimeout);
    },
  };
}
