'use strict';

// The tests of a small program that answers text messages, on Node's own test runner. They run at the same time, each
// with an account of its own, and none of them sleeps.
//   CONVERSATIONS_URL=http://localhost:8080 node --test sample.cjs

const { suite, test } = require('node:test');
const assert = require('node:assert/strict');
const http = require('node:http');
const twilio = require('twilio');

const server = process.env.CONVERSATIONS_URL ?? 'http://localhost:8080';
const phone = '+15558675310';
const pair = { 'messagingBinding.address': phone, 'messagingBinding.proxyAddress': '+15017122661' };

/** A new account: Twilio's client for /v1, and a function for /control. */
async function newAccount() {
  const created = await fetch(`${server}/control/accounts`, { method: 'POST' });
  const { sid, auth_token: token } = await created.json();
  const client = twilio(sid, token);
  client.conversations.baseUrl = server;
  const headers = { authorization: `Basic ${btoa(`${sid}:${token}`)}`, 'content-type': 'application/json' };
  const control = async (path, body) => {
    const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${server}/control/${path}`, { headers, ...request });
    const text = await answer.text();
    assert.ok(answer.ok, text);
    return JSON.parse(text);
  };
  return { v1: client.conversations.v1, control };
}

/** The program under test: a webhook handler that answers what a phone sends. It ends with the test. */
async function startProgram(context, v1) {
  const handler = http.createServer(async (request, response) => {
    const chunks = await request.toArray();
    const event = new URLSearchParams(Buffer.concat(chunks).toString());
    if (event.get('Source') === 'SMS') {
      await v1.conversations(event.get('ConversationSid')).messages
        .create({ author: 'support', body: `You said ${event.get('Body')}` });
    }
    response.end();
  });
  await new Promise((resolve) => { handler.listen(0, '127.0.0.1', resolve); });
  context.after(() => {
    handler.close();
    handler.closeAllConnections();
  });
  const filters = ['onConversationAdded', 'onMessageAdded'];
  const postWebhookUrl = `http://127.0.0.1:${handler.address().port}/`;
  await v1.configuration.webhooks().update({ postWebhookUrl, filters });
}

/** The program under test: it repeats a request that was refused for its rate. */
async function patiently(request, attempts = 3) {
  try {
    return await request();
  } catch (error) {
    if (error.status !== 429 || attempts === 1) {
      throw error;
    }
    return patiently(request, attempts - 1);
  }
}

suite('A program that answers text messages', { concurrency: true }, () => {
  test('hears of a new conversation', async (context) => {
    const { v1, control } = await newAccount();
    await startProgram(context, v1);

    const conversation = await v1.conversations.create({ xTwilioWebhookEnabled: 'true' });

    const query = `deliveries?event=onConversationAdded&conversation=${conversation.sid}&wait=30s`;
    const [delivery] = (await control(query)).deliveries;
    assert.equal(delivery.result, 'delivered');
    assert.equal(delivery.parameters.ConversationSid, conversation.sid);
  });

  test('answers a text', async (context) => {
    const { v1, control } = await newAccount();
    await startProgram(context, v1);
    const conversation = await v1.conversations.create();
    await v1.conversations(conversation.sid).participants.create(pair);

    const inbound = await control('inbound', { from: phone, to: '+15017122661', body: 'Hello' });

    assert.equal(inbound.conversation_sid, conversation.sid);
    const [answer] = (await control(`phones/${phone}?since=${inbound.message_sid}&wait=30s`)).messages;
    assert.deepEqual([answer.from, answer.body], ['+15017122661', 'You said Hello']);
  });

  test('adds a phone to one of two conversations', async () => {
    const { v1, control } = await newAccount();
    const conversations = [await v1.conversations.create(), await v1.conversations.create()];

    const outcomes = await Promise.allSettled(
      conversations.map(({ sid }) => v1.conversations(sid).participants.create(pair)),
    );

    assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['fulfilled', 'rejected']);
    const { reason } = outcomes.find((outcome) => outcome.status === 'rejected');
    assert.deepEqual([reason.status, reason.code], [409, 50416]);
    assert.equal((await control('requests?error=50416&wait=30s')).requests.length, 1);
  });

  test('repeats a request after 429', async () => {
    const { v1, control } = await newAccount();
    await control('faults', { operation: 'CreateConversation', status: 429, times: 2 });

    await patiently(() => v1.conversations.create());

    assert.equal((await control('requests?error=20429')).requests.length, 2);
    assert.equal((await v1.conversations.list()).length, 1);
  });

  test('finds a conversation closed after ten days', async () => {
    const { v1, control } = await newAccount();
    const conversation = await v1.conversations.create({ 'timers.closed': 'P10D' });

    await control('clock/advance', { by: 'P10D' });

    assert.equal((await v1.conversations(conversation.sid).fetch()).state, 'closed');
  });
});
