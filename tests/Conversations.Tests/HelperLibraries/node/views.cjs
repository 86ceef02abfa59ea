'use strict';

const { assert, attributes, created, paged, proxy, refused, scenario, updated } = require('./scenarios.cjs');

const phone = '+15558675310';

/** Creates that many conversations with alice and the phone in each, and returns their SIDs. */
async function conversationsOfAlice(api, count) {
  const sids = [];
  while (sids.length < count) {
    const { sid } = await api.conversations.create();
    await api.conversations(sid).participants.create({ identity: 'alice' });
    await api.conversations(sid).participants.create({
      'messagingBinding.address': phone, 'messagingBinding.proxyAddress': `+1501712266${sids.length}`,
    });
    sids.push(sid);
  }
  return sids;
}

scenario('A conversation of a user has the properties of both', async (given) => {
  const { api, url, accountSid, chatServiceSid } = given;
  const conversation = await api.conversations.create({
    friendlyName: 'Order', uniqueName: 'the order', attributes, dateCreated: created, 'timers.inactive': 'PT1H',
  });
  const { sid } = await api.conversations(conversation.sid).participants.create({ identity: 'alice smith' });
  const user = await api.users('alice smith').fetch();
  const own = await api.users('alice smith').userConversations('the order').fetch();
  assert.deepEqual(own.toJSON(), {
    accountSid,
    chatServiceSid,
    conversationSid: conversation.sid,
    unreadMessagesCount: null,
    lastReadMessageIndex: null,
    participantSid: sid,
    userSid: user.sid,
    friendlyName: 'Order',
    conversationState: 'active',
    timers: conversation.timers,
    attributes,
    dateCreated: created,
    dateUpdated: own.dateUpdated,
    createdBy: 'system',
    notificationLevel: 'default',
    uniqueName: 'the order',
    url: `${url}/Users/${user.sid}/Conversations/${conversation.sid}`,
    links: {
      participant: `${url}/Conversations/${conversation.sid}/Participants/${sid}`,
      conversation: `${url}/Conversations/${conversation.sid}`,
    },
  });
  const [listed] = await api.users(user.sid).userConversations.list();
  assert.deepEqual(listed.toJSON(), own.toJSON());
  assert.deepEqual((await listed.fetch()).toJSON(), own.toJSON());
});

scenario('The conversations of a user have unread counts, which a read horizon lowers', async (given) => {
  const { api, conversation, participants, messages } = given;
  await participants.create({ identity: 'alice' });
  for (const body of ['one', 'two', 'three']) await messages.create({ author: 'bob', body });
  const own = api.users('alice').userConversations;

  const [listed] = await own.list();
  assert.deepEqual([listed.conversationSid, listed.unreadMessagesCount], [conversation.sid, null]);
  const read = await own(conversation.sid).update({
    lastReadMessageIndex: 0, lastReadTimestamp: updated, notificationLevel: 'muted',
  });
  assert.deepEqual([read.lastReadMessageIndex, read.unreadMessagesCount, read.notificationLevel], [0, 2, 'muted']);
  assert.equal((await own(conversation.sid).fetch()).unreadMessagesCount, 2);
  const alice = await participants('alice').fetch();
  assert.deepEqual([alice.lastReadMessageIndex, alice.lastReadTimestamp], [0, '2020-01-02T03:04:05Z']);
  await participants('alice').update({ lastReadMessageIndex: 2 });
  assert.equal((await listed.fetch()).unreadMessagesCount, 0);
  assert.equal((await listed.update({ lastReadMessageIndex: 'null' })).unreadMessagesCount, null);
});

scenario('The conversations of a user are listed page by page and left', async ({ api, participants }) => {
  const sids = await conversationsOfAlice(api, 5);
  const own = api.users('alice').userConversations;
  await paged(own, sids, (one) => one.conversationSid);
  assert.equal(await own(sids[1]).remove(), true);
  const [first] = await own.list();
  assert.equal(await first.remove(), true);
  assert.deepEqual((await own.list()).map((one) => one.conversationSid), sids.slice(2));
  await refused(api.conversations(sids[1]).participants('alice').fetch(), 404, 20404);

  await api.conversations(sids[2]).update({ state: 'closed' });
  assert.equal((await own(sids[2]).fetch()).conversationState, 'closed');
  await refused(own(sids[2]).update({ lastReadMessageIndex: 0 }), 400, 50377);
  await refused(own(sids[2]).remove(), 400, 50377);
  await participants.create({ identity: 'bob' });
  assert.equal((await api.users('bob').userConversations.list()).length, 1);
});

scenario('Malformed updates of a conversation of a user, and absent ones, are refused', async (given) => {
  const { api, conversation, participants, path } = given;
  await participants.create({ identity: 'alice' });
  const own = api.users('alice').userConversations;
  await refused(own(conversation.sid).update({ notificationLevel: 'loud' }), 400, 50210, 'Invalid notification level');
  await refused(own(conversation.sid).update({ lastReadMessageIndex: -1 }), 400, 50421);
  await refused(own(conversation.sid).update({ lastReadTimestamp: 'yesterday' }), 400, 50405);
  await refused(own('nothing').fetch(), 404, 20404,
    `The requested resource ${path}/Users/alice/Conversations/nothing was not found`);
  await refused(api.users('nobody').userConversations.list(), 404, 20404);
});

scenario('A conversation of a participant has the properties of both', async (given) => {
  const { api, url, accountSid, chatServiceSid } = given;
  const conversation = await api.conversations.create({
    friendlyName: 'Order', uniqueName: 'order', attributes, dateCreated: created, 'timers.closed': 'P1D',
  });
  const participants = api.conversations(conversation.sid).participants;
  const alice = await participants.create({ identity: 'alice' });
  const number = await participants.create({
    'messagingBinding.address': phone, 'messagingBinding.proxyAddress': proxy,
  });
  const [ofAlice] = await api.participantConversations.list({ identity: 'alice' });
  const links = (participant) => ({
    participant: `${url}/Conversations/${conversation.sid}/Participants/${participant.sid}`,
    conversation: `${url}/Conversations/${conversation.sid}`,
  });
  const expected = {
    accountSid,
    chatServiceSid,
    participantSid: alice.sid,
    participantUserSid: (await api.users('alice').fetch()).sid,
    participantIdentity: 'alice',
    participantMessagingBinding: null,
    conversationSid: conversation.sid,
    conversationUniqueName: 'order',
    conversationFriendlyName: 'Order',
    conversationAttributes: attributes,
    conversationDateCreated: created,
    conversationDateUpdated: ofAlice.conversationDateUpdated,
    conversationCreatedBy: 'system',
    conversationState: 'active',
    conversationTimers: conversation.timers,
    links: links(alice),
  };
  assert.deepEqual(ofAlice.toJSON(), expected);
  const [ofNumber] = await api.participantConversations.list({ address: phone });
  assert.deepEqual(
    { type: 'sms', address: phone, proxy_address: proxy },
    Object.fromEntries(Object.entries(ofNumber.participantMessagingBinding).filter(([, value]) => value !== null)));
  assert.deepEqual(ofNumber.toJSON(), {
    ...expected,
    participantSid: number.sid,
    participantUserSid: null,
    participantIdentity: null,
    participantMessagingBinding: ofNumber.participantMessagingBinding,
    links: links(number),
  });
});

scenario('The conversations of an identity or an address are listed page by page', async ({ api }) => {
  const sids = await conversationsOfAlice(api, 5);
  for (const filter of [{ identity: 'alice' }, { address: phone }]) {
    await paged(api.participantConversations, sids, (one) => one.conversationSid, filter);
  }
  await api.conversations(sids[0]).update({ state: 'closed' });
  const states = (await api.participantConversations.list({ identity: 'alice' })).map((one) => one.conversationState);
  assert.deepEqual(states, ['closed', 'active', 'active', 'active', 'active']);
  assert.deepEqual(await api.participantConversations.list({ identity: 'Alice' }), []);
  const message = 'One user identifier parameter for lookup at a time is allowed. '
    + 'Please, use either Identity or Address';
  await refused(api.participantConversations.list({ identity: 'alice', address: phone }), 400, 50451, message);
  await refused(api.participantConversations.list(), 400, 50451, message);
});

scenario('A conversation is created with its participants', async (given) => {
  const { api, accountSid, chatServiceSid, url } = given;
  const binding = { address: phone, proxy_address: proxy };
  const participant = [{ identity: 'alice', attributes }, { messaging_binding: binding }].map((p) => JSON.stringify(p));
  const { statusCode, body } = await api.conversationWithParticipants.createWithHttpInfo({
    friendlyName: 'Order', uniqueName: 'order', attributes, dateCreated: created, dateUpdated: updated,
    'timers.inactive': 'PT1H', participant, xTwilioWebhookEnabled: 'true',
  });
  assert.equal(statusCode, 202);
  const own = `${url}/Conversations/${body.sid}`;
  assert.deepEqual(body.toJSON(), {
    accountSid,
    chatServiceSid,
    messagingServiceSid: body.messagingServiceSid,
    sid: body.sid,
    friendlyName: 'Order',
    uniqueName: 'order',
    attributes,
    state: 'initializing',
    dateCreated: created,
    dateUpdated: updated,
    timers: body.timers,
    links: { participants: `${own}/Participants`, messages: `${own}/Messages`, webhooks: `${own}/Webhooks` },
    bindings: null,
    url: own,
  });

  let conversation = await api.conversations(body.sid).fetch();
  while (conversation.state === 'initializing') conversation = await conversation.fetch();
  assert.equal(conversation.state, 'active');
  const list = await api.conversations(body.sid).participants.list();
  assert.deepEqual(list.map((one) => [one.identity ?? one.messagingBinding.address, one.attributes]),
    [['alice', attributes], [phone, '{}']]);
});

scenario('A conversation without participants is an ordinary one', async ({ api }) => {
  const { statusCode, body } = await api.conversationWithParticipants.createWithHttpInfo({ uniqueName: 'order' });
  assert.deepEqual([statusCode, body.state], [201, 'active']);
  assert.deepEqual(await api.conversations('order').participants.list(), []);
});

scenario('A conversation with a wrong participant is refused, all or none', async (given) => {
  const { api, conversation, participants } = given;
  await participants.create({ 'messagingBinding.address': phone, 'messagingBinding.proxyAddress': proxy });
  await api.conversations(conversation.sid).update({ uniqueName: 'order' });
  const create = (given, ...wrong) => api.conversationWithParticipants.create({
    ...given, participant: [{ identity: 'alice' }, ...wrong].map((one) => JSON.stringify(one)),
  });
  const binding = { address: phone, proxy_address: proxy };
  await refused(create({}, { messaging_binding: binding }), 409, 50425,
    'Participant and proxy address pairs for one or more participants already in use');
  await refused(create({}, []), 400, 50424, 'One of the JSON requests for participant creation is invalid');
  await refused(create({}, ...Array(10).fill({})), 400, 50426, 'Request contains too many participants');
  await refused(create({}, { identity: 'alice' }), 409, 50433);
  await refused(create({}, {}), 400, 50204);
  await refused(create({ uniqueName: 'order' }), 409, 50353);
  assert.deepEqual((await api.conversations.list()).map((one) => one.sid), [conversation.sid]);
  assert.deepEqual(await api.users.list(), []);
});
