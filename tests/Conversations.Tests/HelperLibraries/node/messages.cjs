'use strict';

const { assert, attributes, created, paged, proxy, refused, scenario, updated } = require('./scenarios.cjs');

const mediaSid = `ME${'0123456789abcdef'.repeat(2)}`;
const contentSid = `HX${'0123456789abcdef'.repeat(2)}`;

scenario('A message without parameters has the properties of a message of the system', async (given) => {
  const { api, conversation, messages, url, shape, accountSid, chatServiceSid } = given;
  const before = Math.floor(Date.now() / 1000) * 1000;
  const message = await messages.create();

  assert.match(message.sid, /^IM[0-9a-f]{32}$/);
  assert.ok(message.dateCreated instanceof Date);
  assert.ok(message.dateCreated >= before && message.dateCreated <= Date.now());
  const own = `${url}/Conversations/${conversation.sid}/Messages/${message.sid}`;
  assert.deepEqual(message.toJSON(), {
    accountSid,
    ...(shape === 'Service' && { chatServiceSid }),
    conversationSid: conversation.sid,
    sid: message.sid,
    index: 0,
    author: 'system',
    body: '',
    media: null,
    attributes: '{}',
    participantSid: null,
    dateCreated: message.dateCreated,
    dateUpdated: message.dateCreated,
    delivery: null,
    url: own,
    links: { delivery_receipts: `${own}/Receipts`, channel_metadata: `${own}/ChannelMetadata` },
    contentSid: null,
  });
  assert.deepEqual((await messages(message.sid).fetch()).toJSON(), message.toJSON());
  assert.deepEqual((await message.fetch()).toJSON(), message.toJSON());
  assert.equal((await api.conversations(conversation.sid).fetch()).state, 'active');
});

scenario('A message takes every parameter, and its author can be a participant', async (given) => {
  const { participants, messages } = given;
  const alice = await participants.create({ identity: 'alice' });
  const phone = await participants.create({
    'messagingBinding.address': '+15558675310', 'messagingBinding.proxyAddress': proxy,
  });
  const message = await messages.create({
    author: 'alice', body: 'Größe & ✓ = 100 %\n+', attributes, dateCreated: created, dateUpdated: updated,
    subject: 'Order', xTwilioWebhookEnabled: 'true',
  });
  assert.deepEqual([message.author, message.participantSid, message.body, message.attributes],
    ['alice', alice.sid, 'Größe & ✓ = 100 %\n+', attributes]);
  assert.deepEqual([message.dateCreated, message.dateUpdated], [created, updated]);
  const others = [await messages.create({ author: '+15558675310' }), await messages.create({ author: 'somebody' })];
  assert.deepEqual(others.map((other) => [other.index, other.participantSid]), [[1, phone.sid], [2, null]]);
  const defaults = await messages.create({ author: null, attributes: null, dateCreated: null, mediaSid: null });
  assert.deepEqual([defaults.author, defaults.attributes, defaults.media], ['system', '{}', null]);
});

scenario('A message has media or a template instead of a body', async ({ messages }) => {
  const media = await messages.create({ mediaSid, body: 'dropped' });
  assert.equal(media.body, null);
  assert.deepEqual(media.media,
    [{ sid: mediaSid, size: 0, content_type: 'application/octet-stream', filename: null, category: 'media' }]);
  await refused(messages.create({ mediaSid }), 400, 50508);
  await refused(messages(media.sid).update({ body: 'x' }), 400, 50509);

  const content = await messages.create({ contentSid, contentVariables: JSON.stringify({ 1: 'Alice' }) });
  assert.deepEqual([content.contentSid, content.body, content.media], [contentSid, null, null]);
});

scenario('A message is updated and removed through its instance or its SID', async (given) => {
  const { conversation, messages, path } = given;
  const message = await messages.create({ author: 'alice', body: 'one' });
  const changed = await message.update({
    author: 'bob', body: 'two', attributes, dateCreated: created, dateUpdated: updated, subject: 'x',
    xTwilioWebhookEnabled: 'false',
  });
  assert.deepEqual(changed.toJSON(), {
    ...message.toJSON(), author: 'bob', body: 'two', attributes, dateCreated: created, dateUpdated: updated,
  });
  assert.deepEqual((await messages(message.sid).update()).toJSON(), changed.toJSON());
  assert.equal((await messages(message.sid).update({ body: '' })).body, '');

  assert.equal(await message.remove({ xTwilioWebhookEnabled: 'true' }), true);
  const asked = `${path}/Conversations/${conversation.sid}/Messages/${message.sid}`;
  const absent = `The requested resource ${asked} was not found`;
  await refused(messages(message.sid).fetch(), 404, 20404, absent);
  await refused(messages(message.sid).update({ body: 'x' }), 404, 20404, absent);
  await refused(messages(message.sid).remove(), 404, 20404, absent);
  assert.equal((await messages.create()).index, 1);
});

scenario('Messages are listed in both orders', async ({ messages }) => {
  for (let i = 0; i < 6; i++) await messages.create({ body: `${i}` });
  await messages((await messages.list({ limit: 2 }))[1].sid).remove();
  const index = (message) => message.index;
  await paged(messages, [0, 2, 3, 4, 5], index);
  await paged(messages, [0, 2, 3, 4, 5], index, { order: 'asc' });
  await paged(messages, [5, 4, 3, 2, 0], index, { order: 'desc' });
  assert.deepEqual((await messages.list({ order: 'desc', limit: 1 })).map((message) => message.body), ['5']);
  assert.deepEqual((await messages.page({ pageToken: 'PT1', pageSize: 1 })).instances.map(index), [2]);
  await refused(messages.list({ order: 'up' }), 400, 20001);
  await refused(messages.page({ pageToken: 'PT-1' }), 400, 19038);
});

scenario('Messages with malformed values are refused', async ({ messages }) => {
  await refused(messages.create({ body: 'x'.repeat(32769) }), 400, 50504, 'Message body parameter is too long');
  await refused(messages.create({ author: 'x'.repeat(257) }), 400, 50310, 'Author parameter is too long');
  await refused(messages.create({ attributes: '{' }), 400, 50304, 'Attributes not valid JSON');
  await refused(messages.create({ attributes: JSON.stringify('x'.repeat(4096)) }), 400, 50303);
  await refused(messages.create({ dateCreated: 'yesterday' }), 400, 50308);
  await refused(messages.create({ dateUpdated: 'yesterday' }), 400, 50309);
  await refused(messages.create({ mediaSid: 'ME1' }), 400, 50510);
  await refused(messages.create({ contentSid: 'HX1' }), 400, 50526);
  await refused(messages.create({ contentVariables: '{}' }), 400, 50528);
  await refused(messages.create({ contentSid, contentVariables: '[]' }), 400, 50527);
  const withVariables = (variables) => messages.create({ contentSid, contentVariables: JSON.stringify(variables) });
  await refused(withVariables({ ['1'.repeat(17)]: '' }), 400, 50540);
  await refused(withVariables({ 1: 'x'.repeat(257) }), 400, 50541);
  await refused(messages.create({ subject: 'x'.repeat(257) }), 400, 20001);
  assert.equal((await messages.create({ body: 'x'.repeat(32768) })).index, 0);
});

scenario('The author of a group text is one of its members', async ({ participants, messages }) => {
  await participants.create({ 'messagingBinding.address': '+15558675310' });
  const agent = await participants.create({ identity: 'agent', 'messagingBinding.projectedAddress': proxy });
  await refused(messages.create({ body: 'x' }), 400, 50513, 'Message author should be among Group MMS participants');
  assert.equal((await messages.create({ author: proxy, body: 'x' })).participantSid, agent.sid);
});

scenario('A closed conversation refuses messages with 50377 and still lists them', async (given) => {
  const { api, conversation, messages } = given;
  const { sid } = await messages.create({ body: 'last' });
  await api.conversations(conversation.sid).update({ state: 'closed' });
  await refused(messages.create({ body: 'x' }), 400, 50377);
  await refused(messages(sid).update({ body: 'x' }), 400, 50377);
  await refused(messages(sid).remove(), 400, 50377);
  assert.deepEqual((await messages.list()).map((message) => message.body), ['last']);
});

scenario('A message wakes an inactive conversation', async ({ api, conversation, messages }) => {
  await api.conversations(conversation.sid).update({ state: 'inactive' });
  await messages.create({ body: 'x' });
  assert.equal((await api.conversations(conversation.sid).fetch()).state, 'active');
});

scenario('Receipts tell what became of a message', async (given) => {
  const { conversation, participants, messages, url, shape, accountSid, chatServiceSid, path } = given;
  // The third is a test number of Twilio that fails.
  const addresses = ['+15558675310', '+15558675311', '+15005550009', '+15558675312', '+15558675313'];
  const sids = [];
  for (const address of addresses) {
    sids.push((await participants.create({
      'messagingBinding.address': address, 'messagingBinding.proxyAddress': proxy,
    })).sid);
  }
  await participants.create({ identity: 'alice' });
  const message = await messages.create({ body: 'x' });
  assert.equal(message.delivery, null);
  const receipts = messages(message.sid).deliveryReceipts;
  const final = async () => (await receipts.list()).every(({ status }) => ['delivered', 'failed'].includes(status));
  while (!(await final())) await new Promise((resolve) => setTimeout(resolve, 100));

  assert.deepEqual((await message.fetch()).delivery,
    { total: 5, sent: 'some', delivered: 'some', read: 'none', failed: 'some', undelivered: 'none' });
  await paged(receipts, sids, (receipt) => receipt.participantSid);
  const listed = await receipts.list();
  assert.deepEqual(listed.map((receipt) => receipt.errorCode), [null, null, 21614, null, null]);
  const receipt = await receipts(listed[0].sid).fetch();
  assert.match(receipt.sid, /^DY[0-9a-f]{32}$/);
  assert.match(receipt.channelMessageSid, /^SM[0-9a-f]{32}$/);
  assert.ok(receipt.dateCreated instanceof Date && receipt.dateUpdated >= receipt.dateCreated);
  assert.deepEqual(receipt.toJSON(), {
    accountSid,
    ...(shape === 'Service' && { chatServiceSid }),
    conversationSid: conversation.sid,
    messageSid: message.sid,
    sid: receipt.sid,
    channelMessageSid: receipt.channelMessageSid,
    participantSid: sids[0],
    status: 'delivered',
    errorCode: null,
    dateCreated: receipt.dateCreated,
    dateUpdated: receipt.dateUpdated,
    url: `${url}/Conversations/${conversation.sid}/Messages/${message.sid}/Receipts/${receipt.sid}`,
  });
  assert.deepEqual(listed[0].toJSON(), receipt.toJSON());
  assert.deepEqual((await listed[0].fetch()).toJSON(), receipt.toJSON());

  const absent = `DY${'0'.repeat(32)}`;
  await refused(receipts(absent).fetch(), 404, 20404, `The requested resource ${path}/Conversations/`
    + `${conversation.sid}/Messages/${message.sid}/Receipts/${absent} was not found`);
  await message.remove();
  await refused(receipts.list(), 404, 20404);
});
