'use strict';

// Checks the signatures of requests with Twilio's library for Node.js. Reads a JSON array of
//   { authToken, signature, url, parameters }
// from standard input and writes a JSON array of true and false in the same order.

const { readFileSync } = require('node:fs');
const { validateRequest } = require('twilio/lib/webhooks/webhooks');

const requests = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(requests.map(({ authToken, signature, url, parameters }) =>
  validateRequest(authToken, signature, url, parameters))));
