'use strict';

const { assert, attributes, created, fill, proxy, refused, scenario, updated } = require('./scenarios.cjs');

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
