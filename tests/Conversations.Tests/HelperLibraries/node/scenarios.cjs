'use strict';

// What the files with scenarios share.

const assert = require('node:assert/strict');
const twilio = require('twilio');

/** The scenarios by name. */
const scenarios = new Map();
const scenario = (name, run) => scenarios.set(name, run);

const proxy = '+15017122661';
const attributes = '{ "role": "driver" }';
const created = new Date('2019-05-15T13:37:35Z');
const updated = new Date('2020-01-02T03:04:05Z');

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

/** Reads a list in every way of the library, in pages of two. It has five items with these keys. */
async function paged(list, keys, keyOf, options = {}) {
  const of = (items) => items.map(keyOf);
  assert.equal(keys.length, 5);
  assert.deepEqual(of(await list.list({ ...options })), keys);
  assert.deepEqual(of(await list.list({ ...options, pageSize: 2 })), keys);
  assert.deepEqual(of(await list.list({ ...options, pageSize: 2, limit: 3 })), keys.slice(0, 3));
  assert.deepEqual(of(await list.list({ ...options, limit: 5000 })), keys);

  const seen = [];
  await new Promise((resolve, reject) => {
    list.each({
      ...options,
      pageSize: 2,
      callback: (item) => seen.push(item),
      done: (error) => (error ? reject(error) : resolve()),
    });
  });
  assert.deepEqual(of(seen), keys);

  const first = await list.page({ ...options, pageSize: 2 });
  const second = await first.nextPage();
  const third = await second.nextPage();
  assert.deepEqual([first, second, third].map((page) => of(page.instances)),
    [keys.slice(0, 2), keys.slice(2, 4), keys.slice(4)]);
  assert.equal(await first.previousPage(), undefined);
  assert.equal(await third.nextPage(), undefined);
  assert.deepEqual(of((await third.previousPage()).instances), keys.slice(2, 4));
  assert.deepEqual(of((await list.getPage(second.previousPageUrl)).instances), keys.slice(0, 2));
}

module.exports = {
  assert, attributes, created, fill, paged, proxy, refused, scenario, scenarios, twilio, updated,
};
