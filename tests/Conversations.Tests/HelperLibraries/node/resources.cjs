'use strict';

const { assert, attributes, refused, scenario } = require('./scenarios.cjs');

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
