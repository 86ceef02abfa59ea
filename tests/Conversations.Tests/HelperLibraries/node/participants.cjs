'use strict';

// Calls a running server through Twilio's library for Node.js. Reads a JSON array of cases from standard input,
//   [{ scenario, shape, address, accountSid, authToken, apiKeySid, apiKeySecret, chatServiceSid }]
// and writes a JSON array of failures in the same order: null for a case that passed.

const assert = require('node:assert/strict');
const twilio = require('twilio');

const scenarios = new Map();
const scenario = (name, run) => scenarios.set(name, run);

const proxy = '+15017122661';
const attributes = '{ "role": "driver" }';
const created = new Date('2019-05-15T13:37:35Z');
const updated = new Date('2020-01-02T03:04:05Z');

scenario('Create with an identity gives the properties of a chat participant', async (given) => {
  const { api, url, shape, accountSid, chatServiceSid } = given;
  const conversation = await api.conversations.create();
  const before = Math.floor(Date.now() / 1000) * 1000;
  const alice = await api.conversations(conversation.sid).participants.create({ identity: 'alice' });

  assert.match(alice.sid, /^MB[0-9a-f]{32}$/);
  assert.match(alice.roleSid, /^RL[0-9a-f]{32}$/);
  assert.ok(alice.dateCreated instanceof Date && alice.dateCreated >= before && alice.dateCreated <= Date.now());
  assert.deepEqual(alice.toJSON(), {
    accountSid,
    conversationSid: conversation.sid,
    sid: alice.sid,
    identity: 'alice',
    attributes: '{}',
    messagingBinding: null,
    roleSid: alice.roleSid,
    dateCreated: alice.dateCreated,
    dateUpdated: alice.dateCreated,
    url: `${url}/Conversations/${conversation.sid}/Participants/${alice.sid}`,
    lastReadMessageIndex: null,
    lastReadTimestamp: null,
    ...(shape === 'Service' && { chatServiceSid }),
  });
});

scenario('Create with an sms binding returns the names inside it unchanged', async ({ participants }) => {
  const { identity, messagingBinding } = await participants.create({
    'messagingBinding.address': '+15558675310',
    'messagingBinding.proxyAddress': proxy,
  });
  assert.equal(identity, null);
  assert.deepEqual(messagingBinding, { type: 'sms', address: '+15558675310', proxy_address: proxy });
});

scenario('Create with a whatsapp binding keeps its prefixes', async ({ participants }) => {
  const { messagingBinding } = await participants.create({
    'messagingBinding.address': 'whatsapp:+15558675310',
    'messagingBinding.proxyAddress': `whatsapp:${proxy}`,
  });
  assert.deepEqual(messagingBinding, {
    type: 'whatsapp', address: 'whatsapp:+15558675310', proxy_address: `whatsapp:${proxy}`,
  });
});

scenario('Create adds the three kinds of members of a group text', async ({ participants }) => {
  const native = await participants.create({ 'messagingBinding.address': '+15558675310' });
  const gateway = await participants.create({ 'messagingBinding.projectedAddress': proxy });
  const agent = await participants.create({ identity: 'agent', 'messagingBinding.projectedAddress': '+15017122662' });
  assert.deepEqual([native.identity, gateway.identity, agent.identity], [null, null, 'agent']);
  assert.deepEqual([native.messagingBinding, gateway.messagingBinding, agent.messagingBinding], [
    { type: 'sms', address: '+15558675310' },
    { type: 'sms', projected_address: proxy },
    { type: 'sms', projected_address: '+15017122662' },
  ]);
});

scenario('Create accepts attributes, dates and a role', async ({ api, participants }) => {
  const roleSid = (await api.roles.list()).find((role) => role.friendlyName === 'channel admin').sid;
  const participant = await participants.create({
    identity: 'alice', attributes, dateCreated: created, dateUpdated: updated, roleSid,
  });
  assert.equal(participant.attributes, attributes);
  assert.deepEqual([participant.dateCreated, participant.dateUpdated], [created, updated]);
  assert.equal(participant.roleSid, roleSid);
});

scenario('Create with an identity that is in the conversation is refused with 50433', async ({ participants }) => {
  await participants.create({ identity: 'alice' });
  await refused(participants.create({ identity: 'alice' }), 409, 50433, 'Participant already exists');
});

scenario('Create with a pair of addresses in use names the conversation that holds it', async (given) => {
  const { api, conversation, participants } = given;
  const binding = { 'messagingBinding.address': '+15558675310', 'messagingBinding.proxyAddress': proxy };
  await participants.create(binding);
  const other = await api.conversations.create();
  const error = await refused(api.conversations(other.sid).participants.create(binding), 409, 50416);
  assert.equal(error.message.match(/CH[0-9a-f]{32}/)[0], conversation.sid);
});

scenario('Create with missing, excess or malformed values is refused', async ({ participants }) => {
  const address = { 'messagingBinding.address': '+15558675310' };
  await refused(participants.create(), 400, 50204, 'Identity not provided');
  await refused(participants.create({ identity: 'alice', ...address }), 400, 50211);
  await refused(participants.create({ identity: 'alice', attributes: '{' }), 400, 50304, 'Attributes not valid JSON');
  const malformed = { 'messagingBinding.address': 'nonsense', 'messagingBinding.proxyAddress': proxy };
  await refused(participants.create(malformed), 400, 50407);
  const otherChannel = { ...address, 'messagingBinding.proxyAddress': 'whatsapp:+15017122661' };
  await refused(participants.create(otherChannel), 400, 50414);
  await refused(participants.create({ identity: 'alice', dateCreated: 'yesterday' }), 400, 50308);
});

scenario('The conversations of a user have unread counts, which a read horizon lowers', async (given) => {
  const { api, conversation, participants } = given;
  await participants.create({ identity: 'alice' });
  const messages = api.conversations(conversation.sid).messages;
  for (const body of ['one', 'two', 'three']) await messages.create({ author: 'bob', body });
  const own = api.users('alice').userConversations;

  const [listed] = await own.list();
  assert.deepEqual([listed.conversationSid, listed.unreadMessagesCount], [conversation.sid, null]);
  const read = await own(conversation.sid).update({ lastReadMessageIndex: 0, notificationLevel: 'muted' });
  assert.deepEqual([read.lastReadMessageIndex, read.unreadMessagesCount, read.notificationLevel], [0, 2, 'muted']);
  assert.equal((await own(conversation.sid).fetch()).unreadMessagesCount, 2);
  assert.ok(await own(conversation.sid).remove());
  assert.deepEqual(await own.list(), []);
});

scenario('The conversations of an identity or an address are listed page by page', async ({ api }) => {
  const sids = [];
  for (let i = 0; i < 3; i++) {
    const { sid } = await api.conversations.create();
    await api.conversations(sid).participants.create({ identity: 'alice' });
    await api.conversations(sid).participants.create({
      'messagingBinding.address': '+15558675310', 'messagingBinding.proxyAddress': `+1501712266${i}`,
    });
    sids.push(sid);
  }
  for (const filter of [{ identity: 'alice' }, { address: '+15558675310' }]) {
    const found = await api.participantConversations.list({ ...filter, pageSize: 1 });
    assert.deepEqual(found.map((row) => row.conversationSid), sids);
  }
  await refused(api.participantConversations.list({ identity: 'a', address: '+15558675310' }), 400, 50451);
});

scenario('A conversation is created with its participants, all or none', async ({ api }) => {
  const binding = { address: '+15558675310', proxy_address: proxy };
  const participant = [{ identity: 'alice' }, { messaging_binding: binding }].map((one) => JSON.stringify(one));
  const { sid, state } = await api.conversationWithParticipants.create({ friendlyName: 'Order', participant });
  assert.equal(state, 'initializing');
  let conversation = await api.conversations(sid).fetch();
  while (conversation.state === 'initializing') conversation = await conversation.fetch();
  assert.equal(conversation.state, 'active');
  const list = await api.conversations(sid).participants.list();
  assert.deepEqual(list.map((one) => one.identity ?? one.messagingBinding.address), ['alice', '+15558675310']);

  await refused(api.conversationWithParticipants.create({ participant }), 409, 50425);
  await refused(api.conversationWithParticipants.create({ participant: ['[]'] }), 400, 50424);
});

scenario('Create and delete return status and headers on request', async ({ participants }) => {
  const created = await participants.createWithHttpInfo({ identity: 'alice' });
  assert.equal(created.statusCode, 201);
  assert.match(created.headers['content-type'], /^application\/json/);
  const removed = await participants(created.body.sid).removeWithHttpInfo();
  assert.deepEqual([removed.statusCode, removed.body], [204, true]);
});

scenario('Create calls a callback', async ({ participants }) => {
  const alice = await new Promise((resolve, reject) => {
    participants.create({ identity: 'alice' }, (error, item) => (error ? reject(error) : resolve(item)));
  });
  assert.equal(alice.identity, 'alice');
});

scenario('Fetch finds a participant by SID and by identity', async ({ participants }) => {
  const alice = await participants.create({ identity: 'alice', attributes });
  assert.deepEqual((await participants(alice.sid).fetch()).toJSON(), alice.toJSON());
  assert.deepEqual((await participants('alice').fetch()).toJSON(), alice.toJSON());
  assert.deepEqual((await (await participants(alice.sid).fetch()).fetch()).toJSON(), alice.toJSON());
});

scenario('Fetch, update and delete accept escaped identities in the path', async ({ participants }) => {
  // The library refuses / and ? in a path, so the caller escapes them.
  const escaped = ['alice/phone', 'who?', '100%', 'a#b', 'alice%2Fphone']
    .map((identity) => [identity, encodeURIComponent(identity)]);
  const plain = ['alice smith', 'Jürgen Groß', 'a+b@example.com', 'わたし', "o'neil", 'a&b=c;d', 'a:b,c!']
    .map((identity) => [identity, identity]);
  for (const [identity, path] of [...plain, ...escaped]) {
    const { sid } = await participants.create({ identity });
    const found = await participants(path).fetch();
    assert.deepEqual([found.sid, found.identity], [sid, identity]);
    assert.equal((await participants(path).update({ attributes })).sid, sid);
    assert.equal(await participants(path).remove(), true);
    await refused(participants(sid).fetch(), 404, 20404);
  }
});

scenario('Fetch and list find the conversation by its unique name', async ({ api }) => {
  const { sid } = await api.conversations.create({ uniqueName: 'the room' });
  const alice = await api.conversations('the room').participants.create({ identity: 'alice' });
  assert.equal(alice.conversationSid, sid);
  assert.equal((await api.conversations('the room').participants('alice').fetch()).sid, alice.sid);
  assert.deepEqual((await api.conversations('the room').participants.list()).map((p) => p.sid), [alice.sid]);
});

scenario('Fetch of an absent participant is refused with 20404 and its path', async (given) => {
  const { conversation, participants, path } = given;
  await refused(participants('nobody').fetch(), 404, 20404,
    `The requested resource ${path}/Conversations/${conversation.sid}/Participants/nobody was not found`);
});

scenario('Update changes attributes, dates, role and the last read message', async ({ api, participants }) => {
  const roleSid = (await api.roles.list()).find((role) => role.friendlyName === 'channel admin').sid;
  const alice = await participants.create({ identity: 'alice' });
  const changed = await participants(alice.sid).update({
    attributes, dateCreated: created, dateUpdated: updated, roleSid, lastReadMessageIndex: 0,
    lastReadTimestamp: '2020-01-02T03:04:05Z',
  });
  assert.deepEqual(changed.toJSON(), {
    ...alice.toJSON(), attributes, dateCreated: created, dateUpdated: updated, roleSid, lastReadMessageIndex: 0,
    lastReadTimestamp: '2020-01-02T03:04:05Z',
  });
  assert.deepEqual((await participants(alice.sid).fetch()).toJSON(), changed.toJSON());
  assert.equal((await participants(alice.sid).update({ lastReadMessageIndex: 7 })).lastReadMessageIndex, 7);
});

scenario('Update without parameters changes only the date of the update', async ({ participants }) => {
  const alice = await participants.create({ identity: 'alice', attributes, dateUpdated: updated });
  const changed = await participants(alice.sid).update();
  assert.ok(changed.dateUpdated > updated);
  assert.deepEqual({ ...changed.toJSON(), dateUpdated: updated }, alice.toJSON());
});

scenario('Null for a parameter is sent as an empty one and counts as absent', async ({ participants }) => {
  const { sid, roleSid } = await participants.create({
    identity: null, 'messagingBinding.address': '+15558675310', 'messagingBinding.proxyAddress': proxy,
    dateCreated: null, roleSid: null, attributes: null,
  });
  const changed = await participants(sid).update({
    dateUpdated: null, roleSid: null, identity: null, lastReadMessageIndex: null,
  });
  assert.deepEqual([changed.identity, changed.attributes, changed.roleSid, changed.lastReadMessageIndex],
    [null, '{}', roleSid, null]);
});

scenario('Update removes a proxy address with the text null and adds one again, but replaces none', async (given) => {
  const { participants } = given;
  const binding = { type: 'sms', address: '+15558675310' };
  const { sid } = await participants.create({
    'messagingBinding.address': binding.address, 'messagingBinding.proxyAddress': proxy,
  });
  await refused(participants(sid).update({ 'messagingBinding.proxyAddress': proxy }), 400, 50441);
  assert.deepEqual((await participants(sid).update({ 'messagingBinding.proxyAddress': 'null' })).messagingBinding,
    binding);
  assert.deepEqual((await participants(sid).update({ 'messagingBinding.proxyAddress': proxy })).messagingBinding,
    { ...binding, proxy_address: proxy });
});

scenario('Update gives a projected address its identity', async ({ participants }) => {
  const { sid } = await participants.create({ 'messagingBinding.projectedAddress': proxy });
  assert.equal((await participants(sid).update({ identity: 'agent' })).identity, 'agent');
  await refused(participants(sid).update({ identity: 'other' }), 400, 50444);
});

scenario('List follows its pages to the end, to its limit, and beyond the maximum page size', async (given) => {
  const { participants } = given;
  const sids = await fill(participants, 5);
  const listed = async (options) => (await participants.list(options)).map((participant) => participant.sid);
  assert.deepEqual(await listed({ pageSize: 2 }), sids);
  assert.deepEqual(await listed({ pageSize: 5 }), sids);
  assert.deepEqual(await listed({ limit: 3 }), sids.slice(0, 3));
  assert.deepEqual(await listed({ limit: 3, pageSize: 2 }), sids.slice(0, 3));
  assert.deepEqual(await listed({ limit: 1000 }), sids);
  assert.deepEqual(await listed({ limit: 5000 }), sids);
  assert.deepEqual(await listed(), sids);
});

scenario('Each calls back with every participant over several pages', async ({ participants }) => {
  const sids = await fill(participants, 5);
  const seen = [];
  await new Promise((resolve, reject) => {
    participants.each({
      pageSize: 2,
      callback: (participant) => seen.push(participant.sid),
      done: (error) => (error ? reject(error) : resolve()),
    });
  });
  assert.deepEqual(seen, sids);
});

scenario('Pages lead forward and back and can be fetched by their URL', async ({ participants }) => {
  const sids = await fill(participants, 5);
  const of = (page) => page.instances.map((participant) => participant.sid);
  const first = await participants.page({ pageSize: 2 });
  const second = await first.nextPage();
  const third = await second.nextPage();
  assert.deepEqual([of(first), of(second), of(third)], [sids.slice(0, 2), sids.slice(2, 4), sids.slice(4)]);
  assert.equal(await third.nextPage(), undefined);
  assert.equal(await first.previousPage(), undefined);
  assert.deepEqual(of(await third.previousPage()), of(second));
  assert.deepEqual(of(await (await third.previousPage()).previousPage()), of(first));
  assert.deepEqual(of(await participants.getPage(second.nextPageUrl)), of(third));
  assert.deepEqual(of(await participants.getPage(second.previousPageUrl)), of(first));
});

scenario('List of an empty conversation is empty', async ({ participants }) => {
  assert.deepEqual(await participants.list(), []);
});

scenario('Remove answers true once', async ({ participants }) => {
  const { sid } = await participants.create({ identity: 'alice' });
  assert.equal(await participants(sid).remove(), true);
  await refused(participants(sid).fetch(), 404, 20404);
  await refused(participants(sid).remove(), 404, 20404);
});

scenario('The header for webhooks is accepted on every write', async ({ participants }) => {
  const { sid } = await participants.create({ identity: 'alice', xTwilioWebhookEnabled: 'true' });
  assert.equal((await participants(sid).update({ attributes, xTwilioWebhookEnabled: 'false' })).attributes, attributes);
  assert.equal(await participants(sid).remove({ xTwilioWebhookEnabled: 'true' }), true);
});

scenario('A closed conversation refuses writes with 50377 and still lists its participants', async (given) => {
  const { api, conversation, participants } = given;
  const { sid } = await participants.create({ identity: 'alice' });
  assert.equal((await api.conversations(conversation.sid).update({ state: 'closed' })).state, 'closed');
  await refused(participants.create({ identity: 'bob' }), 400, 50377);
  await refused(participants(sid).update({ attributes }), 400, 50377);
  await refused(participants(sid).remove(), 400, 50377);
  assert.equal((await participants(sid).fetch()).identity, 'alice');
});

scenario('A wrong token is refused with 20003', async ({ connect, conversation, accountSid }) => {
  const { conversations } = connect(accountSid, 'wrong');
  await refused(conversations(conversation.sid).participants.create({ identity: 'alice' }), 401, 20003, 'Authenticate');
  await refused(conversations(conversation.sid).participants.list(), 401, 20003, 'Authenticate');
});

scenario('An API key authenticates its account', async (given) => {
  const { connect, conversation, accountSid, apiKeySid, apiKeySecret } = given;
  const { conversations } = connect(apiKeySid, apiKeySecret, { accountSid });
  assert.equal((await conversations(conversation.sid).participants.create({ identity: 'alice' })).accountSid,
    accountSid);
});

scenario('Conversations are created, fetched, updated, listed and removed', async (given) => {
  const { api, conversation, chatServiceSid } = given;
  const room = await api.conversations.create({
    friendlyName: 'Room', uniqueName: 'room', attributes, 'timers.inactive': 'PT1M',
  });
  assert.deepEqual([room.friendlyName, room.uniqueName, room.attributes, room.state, room.chatServiceSid],
    ['Room', 'room', attributes, 'active', chatServiceSid]);
  assert.ok(room.timers.date_inactive);
  await refused(api.conversations.create({ uniqueName: 'room' }), 409, 50353);
  assert.equal((await api.conversations('room').fetch()).sid, room.sid);
  assert.equal((await api.conversations(room.sid).update({ friendlyName: 'Hall' })).friendlyName, 'Hall');
  assert.deepEqual((await api.conversations.list({ pageSize: 1 })).map((c) => c.sid), [conversation.sid, room.sid]);
  assert.equal(await api.conversations(room.sid).remove(), true);
  await refused(api.conversations(room.sid).fetch(), 404, 20404);
});

scenario('Users are created with their first participant or directly, updated, listed and removed', async (given) => {
  const { api, participants } = given;
  await participants.create({ identity: 'alice' });
  const alice = await api.users('alice').fetch();
  const bob = await api.users.create({ identity: 'bob', friendlyName: 'Bob' });
  assert.deepEqual((await api.users.list({ pageSize: 1 })).map((user) => user.identity), ['alice', 'bob']);
  assert.deepEqual([alice.identity, bob.friendlyName], ['alice', 'Bob']);
  assert.equal((await api.users(bob.sid).update({ attributes })).attributes, attributes);
  await refused(api.users.create({ identity: 'bob' }), 409, 50201);
  assert.equal(await api.users(bob.sid).remove(), true);
  await refused(api.users(bob.sid).fetch(), 404, 20404);
});

scenario('Roles are created, fetched, updated, listed and removed', async ({ api }) => {
  const role = await api.roles.create({
    friendlyName: 'Guest', type: 'conversation', permission: ['sendMessage', 'leaveConversation'],
  });
  assert.deepEqual([role.friendlyName, role.type, [...role.permissions].sort()],
    ['Guest', 'conversation', ['leaveConversation', 'sendMessage']]);
  assert.deepEqual((await api.roles(role.sid).update({ permission: ['sendMessage'] })).permissions, ['sendMessage']);
  assert.deepEqual((await api.roles(role.sid).fetch()).permissions, ['sendMessage']);
  assert.ok((await api.roles.list({ pageSize: 2 })).some((listed) => listed.sid === role.sid));
  assert.equal(await api.roles(role.sid).remove(), true);
});

scenario('Services are created, fetched, configured, listed and removed', async ({ v1, chatServiceSid }) => {
  const service = await v1.services.create({ friendlyName: 'Second' });
  assert.equal((await v1.services(service.sid).fetch()).friendlyName, 'Second');
  assert.deepEqual((await v1.services.list({ pageSize: 1 })).map((s) => s.sid).sort(),
    [chatServiceSid, service.sid].sort());

  const { defaultConversationRoleSid } = await v1.services(service.sid).configuration().fetch();
  const role = await v1.services(service.sid).roles.create({
    friendlyName: 'Guest', type: 'conversation', permission: ['sendMessage'],
  });
  const configuration = await v1.services(service.sid).configuration().update({ defaultConversationRoleSid: role.sid });
  assert.notEqual(defaultConversationRoleSid, role.sid);
  assert.equal(configuration.defaultConversationRoleSid, role.sid);
  const room = await v1.services(service.sid).conversations.create();
  assert.equal((await v1.services(service.sid).conversations(room.sid).participants.create({ identity: 'alice' }))
    .roleSid, role.sid);

  assert.equal(await v1.services(service.sid).remove(), true);
  await refused(v1.services(service.sid).fetch(), 404, 20404);
});

scenario('The configuration contains the service of the short routes', async ({ v1, conversation, chatServiceSid }) => {
  assert.equal((await v1.configuration().fetch()).defaultChatServiceSid, chatServiceSid);
  const service = await v1.services.create({ friendlyName: 'Second' });
  assert.equal((await v1.configuration().update({ defaultChatServiceSid: service.sid })).defaultChatServiceSid,
    service.sid);
  await refused(v1.conversations(conversation.sid).participants.list(), 404, 20404);
  assert.deepEqual(await v1.services(chatServiceSid).conversations(conversation.sid).participants.list(), []);
});

/** Fails unless the library throws its own error with all values that Twilio sends. */
async function refused(call, status, code, message) {
  const error = await call.then(() => assert.fail(`No error ${code}`), (e) => e);
  assert.ok(error instanceof twilio.RestException, error.stack);
  assert.deepEqual([error.status, error.code, error.moreInfo],
    [status, code, `https://www.twilio.com/docs/errors/${code}`], error.message);
  if (message !== undefined) {
    assert.equal(error.message, message);
  }
  return error;
}

/** Adds that many participants, one after the other, and returns their SIDs. */
async function fill(participants, count) {
  const sids = [];
  while (sids.length < count) {
    sids.push((await participants.create({ identity: `user${sids.length}` })).sid);
  }
  return sids;
}

async function run({ scenario: name, ...given }) {
  const { shape, address, accountSid, authToken, chatServiceSid } = given;
  const connect = (...credentials) => {
    const client = twilio(...credentials);
    client.conversations.baseUrl = address;
    return client.conversations.v1;
  };
  const inShape = (v1) => (shape === 'Service' ? v1.services(chatServiceSid) : v1);

  const v1 = connect(accountSid, authToken);
  const api = inShape(v1);
  const conversation = await api.conversations.create();
  const path = shape === 'Service' ? `/Services/${chatServiceSid}` : '';
  await scenarios.get(name)({
    ...given,
    v1,
    api,
    conversation,
    // Versions 6.1.0 to 6.2.0 lose the SID of an instance from create or list, so that its own fetch, update and
    // remove throw. Tests call participants(sid) instead.
    participants: api.conversations(conversation.sid).participants,
    connect: (...credentials) => inShape(connect(...credentials)),
    path,
    url: `${address}/v1${path}`,
  });
}

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) {
    chunks.push(chunk);
  }
  const cases = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  assert.deepEqual(new Set(cases.map((one) => one.scenario)), new Set(scenarios.keys()));
  const outcomes = await Promise.all(cases.map((one) =>
    run(one).then(() => null, (error) => error.stack ?? String(error))));
  process.stdout.write(JSON.stringify(outcomes));
}

main();
