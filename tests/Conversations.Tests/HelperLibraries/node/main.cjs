'use strict';

// Calls a running server through Twilio's library for Node.js. Reads a JSON array of cases from standard input,
//   [{ scenario, shape, address, accountSid, authToken, apiKeySid, apiKeySecret, chatServiceSid }]
// and writes a JSON array of failures in the same order: null for a case that passed.
// The scenarios are in the other files of this folder.

const { assert, scenarios, twilio } = require('./scenarios.cjs');

for (const file of ['participants', 'messages', 'views', 'resources']) {
  require(`./${file}.cjs`);
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
    participants: api.conversations(conversation.sid).participants,
    messages: api.conversations(conversation.sid).messages,
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
