'use strict';

// Scenarios of the console. page.cjs runs them; ConsoleTests.cs checks their results.
const fs = require('fs');
const path = require('path');
const { spawnSync } = require('child_process');

const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const live = '.live[data-state="on"]';

const sizes = [{ width: 1280, height: 800 }, { width: 375, height: 720 }];

async function open(page, address) {
  await page.goto(address);
  await page.locator(live).waitFor({ state: 'attached' });
}

// Shows a view when all its requests are answered.
async function settle(page) {
  await page.waitForLoadState('domcontentloaded');
  await page.locator(live).waitFor({ state: 'attached' });
  await page.waitForFunction(() => document.querySelector('main').textContent.length > 20);
  await page.locator('main h1, h1').first().waitFor({ state: 'attached' });
  await page.waitForTimeout(400);
}

// Words that a program shows where it has no value. A body is JSON and may have them.
const slips = page => page.evaluate(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [...document.querySelectorAll('input, [title]')].flatMap(one => [one.value ?? '', one.title]);
  while (walker.nextNode()) {
    texts.push(walker.currentNode.parentElement.closest('pre') ? '' : walker.currentNode.data);
  }

  return texts.filter(text => /\b(null|undefined|NaN)\b/.test(text));
});

// As the sign-in form does it.
const signIn = (page, { user, password }) => page.addInitScript(account => {
  sessionStorage.setItem('conversations-console', account);
}, JSON.stringify({ user, password, sid: user }));

const basic = (user, password) => ({ Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` });

const scenarios = {
  // Every view in so many sizes and schemes: what axe finds, and what the browser reports.
  async views(page, { address, views, sizes: count, schemes, folder }, seen) {
    const found = [];
    for (const [name, view] of Object.entries(views)) {
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize(sizes[0]);
      await open(page, address + view);
      await settle(page);
      await page.evaluate(axe);
      found.push(...(await slips(page)).map(text => `${name}: ${text}`));
      if (folder) {
        await page.screenshot({ path: path.join(folder, `${name}.png`) });
      }

      for (const colorScheme of ['light', 'dark'].slice(0, schemes)) {
        await page.emulateMedia({ colorScheme });
        for (const size of sizes.slice(0, count)) {
          await page.setViewportSize(size);
          const { violations } = await page.evaluate('axe.run()');
          const place = `${name} ${size.width} ${colorScheme}`;
          found.push(...violations.flatMap(({ id, nodes }) => nodes.map(node => `${place}: ${id} ${node.html}`)));
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          found.push(...(width > size.width ? [`${place} is ${width} wide`] : []));
        }
      }
    }

    return { found, errors: seen.errors };
  },

  // What a first visit loads.
  async visit(page, { address, view }, seen) {
    const loaded = [];
    page.on('response', async response => loaded.push(
      [new URL(response.url()).pathname, (await response.body().catch(() => '')).length]));
    await open(page, address + view);
    await settle(page);
    const files = loaded.filter(([name]) => name.startsWith('/console'));
    return { bytes: files.reduce((sum, [, size]) => sum + size, 0), files: files.map(([name]) => name), errors: seen.errors };
  },

  // Whether a text that looks like markup is shown as it is, and does nothing.
  async hostile(page, { address, views, text, expected }, seen) {
    const [markup, shown] = [[], []];
    for (const [name, view] of Object.entries(views)) {
      await open(page, address + view);
      await settle(page);
      const has = wanted => document.body.innerText.includes(wanted);
      if (expected.includes(name)) {
        await page.waitForFunction(has, text, { timeout: 15000 }).catch(() => null);
      }

      shown.push(...(await page.evaluate(has, text) ? [name] : []));
      if (await page.evaluate(() => window.hit !== undefined || document.querySelector('img[src="x"], main script') !== null)) {
        markup.push(name);
      }
    }

    return { markup, shown, errors: seen.errors };
  },

  // How many milliseconds after the answer of a request of Twilio's library the page shows it.
  async delay(page, { address, user, password, twilio }) {
    const client = require(twilio)(user, password);
    client.conversations.baseUrl = address;
    await open(page, `${address}/console/requests`);
    const delays = [];
    for (let turn = 0; turn < 10; turn++) {
      const name = `turn-${turn}-${Date.now()}`;
      await client.conversations.v1.conversations(name).fetch().catch(() => null);
      const answered = Date.now();
      await page.locator('.row', { hasText: name }).first().waitFor();
      delays.push(Date.now() - answered);
    }

    return delays;
  },

  // Runs a request as a command and as a program that the page offers. Returns the journal's entries of it.
  async copies(page, { address, user, password, twilio, requests }) {
    const headers = basic(user, password);
    const found = [];
    for (const id of requests) {
      await open(page, `${address}/console/${id}`);
      for (const [language, command, option] of [['curl', 'sh', '-c'], ['Node.js', process.execPath, '-e']]) {
        await page.getByRole('button', { name: language, exact: true }).click();
        const text = await page.locator('pre').last().innerText();
        const env = { ...process.env, NODE_PATH: path.dirname(twilio) };
        const { stderr } = spawnSync(command, [option, text], { env, encoding: 'utf8' });
        const journal = await fetch(`${address}/control/requests?limit=1`, { headers }).then(answer => answer.json());
        const [entry] = journal.requests;
        found.push(`${entry.method} ${entry.path} ${JSON.stringify(entry.parameters)} ${entry.status}`,
          ...(entry.headers['User-Agent'].startsWith(language === 'curl' ? 'curl' : 'twilio-node') ? [] : [text, stderr]));
      }
    }

    return found;
  },

  // A link to another account's conversation, in a tab where nobody has signed in or the built-in account is.
  async accounts(page, { address, user, password, conversation, other }) {
    const enter = async (name, token) => {
      await tab.locator('input[name=user]').fill(name);
      await tab.locator('input[name=password]').fill(token);
      await tab.keyboard.press('Enter');
      await tab.locator(live).waitFor({ state: 'attached' });
    };
    const tab = await (await page.context().browser().newContext()).newPage();
    const seen = [];
    await tab.goto(address);
    await tab.locator('h1').first().waitFor();
    if (await tab.locator('input[name=user]').isVisible()) {
      await enter(other.user, other.password);
    }

    await tab.goto(`${address}/console/${conversation}`);
    await tab.locator('.detail .empty').waitFor();
    seen.push(...await tab.locator('.detail .empty').locator('h2, p').allInnerTexts());
    await tab.locator('.detail').getByRole('button', { name: 'Other account' }).click();
    await enter(user, password);
    seen.push(await tab.locator('.title code').innerText());
    await tab.locator('.foot').getByRole('button', { name: 'Other account' }).click();
    await enter(other.user, other.password);
    await tab.locator('.detail .empty').waitFor();
    return [...seen, new URL(tab.url()).pathname];
  },

  // To whom a message was not delivered, and why not, by keyboard.
  async receipts(page, { address, conversation }) {
    await open(page, `${address}/console/${conversation}`);
    const mark = page.locator('.marks', { hasText: 'not delivered' });
    await mark.waitFor();
    await mark.focus();
    await page.keyboard.press('Enter');
    const receipt = page.locator('.receipt');
    await receipt.waitFor();
    return [await mark.innerText(), await receipt.innerText(), await receipt.locator('a').getAttribute('href')];
  },

  // The filters of the requests, a fault for one of them, and what a page asks for while nothing happens.
  async filters(page, { address, user, password, conversation, phone }) {
    const errors = page.locator('.check input');
    const statuses = () => page.locator('.row.request .status').allInnerTexts();
    await open(page, `${address}/console/requests`);
    const hint = await page.locator('input.search').getAttribute('placeholder');
    await page.locator('.row.request').first().waitFor();
    const all = await statuses();
    const ages = await page.locator('.row.request time').allInnerTexts();
    await errors.check();
    await page.keyboard.press('Escape');
    await page.keyboard.press('1');
    await page.locator('.list .row').first().waitFor();
    await page.keyboard.press('2');
    await page.locator('.row.request').first().waitFor();
    const failed = await statuses();
    await errors.uncheck();
    await page.locator('.row.request', { hasText: 'CreateConversationParticipant' }).click();
    await page.getByText('Make it fail').click();
    const rule = page.locator('form.columns');
    const fields = {};
    for (const name of ['operation', 'address', 'code', 'times']) {
      fields[name] = await rule.locator(`[name=${name}]`).inputValue();
    }

    await rule.getByRole('button', { name: 'Add the fault' }).click();
    await page.getByText('0 hits').waitFor();
    const add = async Address => (await fetch(`${address}/v1/Conversations/${conversation}/Participants`, { method: 'POST',
      headers: basic(user, password), body: new URLSearchParams({ 'MessagingBinding.Address': Address }) })).status;
    const added = [await add('+15558675399'), await add(phone)];
    await page.getByText('1 hit', { exact: true }).waitFor();
    await page.waitForTimeout(1000);
    const asked = [];
    page.on('request', request => asked.push(new URL(request.url()).pathname));
    await page.waitForTimeout(4000);
    return { hint, all, failed, fields, added, asked, ages };
  },

  // The title of a form, a setting that is refused, where the error of a fault is, and the list of conversations while
  // the server does not answer.
  async lost(page, { address, user, password }) {
    await open(page, `${address}/console/people`);
    await page.getByRole('button', { name: 'Edit' }).click();
    const title = await page.locator('form h2').innerText();
    await open(page, `${address}/console/people/settings`);
    const timer = page.locator('input[name=DefaultInactiveTimer]');
    await timer.fill('PT5X');
    await page.keyboard.press('Enter');
    await page.locator('.problem').waitFor();
    await page.waitForTimeout(300);
    const kept = await timer.inputValue();
    await open(page, `${address}/console/time`);
    await page.getByRole('button', { name: 'Add the fault' }).click();
    await page.locator('.problem').waitFor();
    await page.waitForTimeout(300);
    const { y } = await page.locator('.problem').boundingBox();
    await open(page, `${address}/console`);
    await page.locator('.list .row').waitFor();
    await page.route('**/control/**', route => route.abort());
    await fetch(`${address}/v1/Conversations/none`, { headers: basic(user, password) });
    await page.locator('.live[data-state="lost"]').waitFor();
    await page.waitForTimeout(300);
    return [title, kept, y >= 0 ? 'in sight' : `at ${y}`, await page.locator('.live').innerText(), await page.locator('.list .rows').locator('strong, h2, .problem').innerText()];
  },

  // Many requests, as fast as they are answered or evenly in so many seconds. The page stays usable and its memory does
  // not grow with them.
  async flood(page, { address, user, password, requests, seconds }) {
    const headers = basic(user, password);
    const send = (count, time = 0) => {
      const started = Date.now();
      let next = 0;
      return Promise.all(Array.from({ length: 8 }, async () => {
        for (let turn = next++; turn < count; turn = next++) {
          const early = started + turn / count * time * 1000 - Date.now();
          await (early > 0 ? new Promise(resolve => { setTimeout(resolve, early); }) : null);
          await fetch(`${address}/v1/Conversations/none-${turn}`, { headers }).then(answer => answer.arrayBuffer());
        }
      }));
    };
    const session = await page.context().newCDPSession(page);
    const memory = async () => {
      await session.send('HeapProfiler.collectGarbage');
      return (await session.send('Runtime.getHeapUsage')).usedSize;
    };
    await open(page, `${address}/console/requests`);
    await send(1100); // From here on the page keeps as many as it ever does.
    await page.waitForTimeout(1000);
    const before = await memory();
    const started = Date.now();
    let took = 0;
    const flood = send(requests, seconds).then(() => { took = Date.now() - started; });
    const reactions = [];
    while (!took) {
      await page.waitForTimeout(500);
      const clicked = Date.now();
      await page.evaluate(async () => {
        const row = document.querySelector('.row:not([aria-current="true"])');
        row.click();
        while (document.querySelector('.page .summary code')?.textContent !== row.dataset.key) {
          await new Promise(requestAnimationFrame);
        }
      });
      reactions.push(Date.now() - clicked);
    }

    await flood;
    await page.waitForTimeout(1000);
    reactions.sort((one, other) => one - other);
    const [rows, grown] = [await page.locator('.row').count(), await memory() - before];
    const more = page.locator('.rows .next');
    while (await more.isVisible()) {
      await more.click();
    }

    return { rows, all: await page.locator('.row').count(), before, grown, clicks: reactions.length,
      reaction: reactions[Math.floor(reactions.length / 2)], slowest: reactions.at(-1), took };
  },

  // Messages that phones of each channel write.
  async phones(page, { address }) {
    const create = async template => {
      const before = page.url();
      await page.locator('.menu summary').click();
      await page.locator('.menu').getByRole('button', { name: template, exact: true }).click();
      await page.waitForURL(url => url.href !== before);
      const sid = page.url().split('/').pop();
      await page.locator('.title code', { hasText: sid }).waitFor();
      return sid;
    };
    const add = async kind => {
      const count = await page.locator('.person').count();
      await page.locator('aside summary').click();
      await page.locator('select[name=kind]').selectOption(kind);
      await page.locator('.add button').click();
      await page.locator('.person').nth(count).waitFor();
    };
    const write = async text => {
      const [hint, names] = [' (the phone sends)', await page.locator('.composer option').allInnerTexts()];
      const phones = names.filter(name => name.endsWith(hint)).map(name => name.slice(0, -hint.length));
      await page.locator('.composer select').selectOption({ label: phones[0] + hint });
      await page.locator('.composer textarea').fill(text);
      await page.keyboard.press('Enter');
      return phones;
    };
    await open(page, `${address}/console`);
    await create('Empty');
    await add('group');
    await add('group');
    await write('To nobody');
    const problem = await page.locator('.talk .problem').innerText();
    const written = [];
    for (const kind of ['group', 'whatsapp', 'messenger', 'sms']) {
      const conversation = await create(kind === 'group' ? 'Group text' : 'Empty');
      if (kind === 'group') {
        await page.locator('.person').nth(2).waitFor();
      } else {
        await add(kind);
      }

      const [phone, ...others] = await write(`From ${kind}`);
      const message = page.locator('.message.left');
      await message.waitFor();
      written.push({ kind, conversation, phone, problem, others: others.length, body: await message.locator('.bubble').innerText(),
        author: await message.locator('.author').evaluate(author => author.firstChild.data) });
    }

    return written;
  },

  // A long conversation and long lists to their ends.
  async long(page, { address, user, password, conversation, shown: all }, seen) {
    const say = async Body => {
      const answer = await fetch(`${address}/v1/Conversations/${conversation}/Messages`, { method: 'POST',
        headers: basic(user, password), body: new URLSearchParams({ Author: 'alice', Body }) });
      if (!answer.ok) {
        throw new Error(await answer.text());
      }
    };
    const counted = (selector, count) => page.waitForFunction(
      ([found, wanted]) => document.querySelectorAll(found).length === wanted, [selector, count]);
    const count = selector => page.locator(selector).count();
    const top = text => page.getByText(text, { exact: true }).evaluate(element => element.getBoundingClientRect().top);
    const result = { messages: [], participants: [], conversations: [], users: [], moved: [], texts: [] };
    const started = Date.now();
    await page.goto(`${address}/console/${conversation}`);
    await counted('.message', 100);
    await page.locator('.person').nth(99).waitFor();
    result.opened = Date.now() - started;
    result.messages.push(await count('.message'));
    result.participants.push(await count('.person'));
    await page.keyboard.press('o');
    await counted('.message', 200);
    result.messages.push(await count('.message'));
    const before = await top('text 2400');
    await say('live one');
    await page.locator('.bubble', { hasText: 'live one' }).waitFor({ state: 'attached' });
    await page.waitForTimeout(300);
    result.moved.push(await top('text 2400') - before);

    const older = page.locator('.thread .next');
    for (let shown = 301; shown <= all; shown += 100) {
      await page.locator('.thread').evaluate(thread => { thread.scrollTop = 0; });
      const first = await page.locator('.bubble').first().innerText();
      const place = await top(first);
      await older.focus();
      await page.keyboard.press('Enter');
      await counted('.message', shown);
      result.moved.push(await top(first) - place);
    }

    result.read = Date.now() - started;
    result.messages.push(await count('.message'));
    result.texts.push(await page.locator('.bubble').first().innerText(), await page.locator('.bubble').last().innerText());
    await page.locator('aside .next').click();
    await counted('.person', 1000);
    result.participants.push(await count('.person'));
    const last = await page.locator('.person').last().getAttribute('title');
    await page.locator('.thread').evaluate(thread => { thread.scrollTop = thread.scrollHeight; });
    await say('live two');
    await page.locator('.bubble', { hasText: 'live two' }).waitFor();
    result.texts.push(await page.locator('.bubble').last().innerText());

    result.conversations.push(await count('.list .row'));
    await page.locator('.list .next').click();
    await page.locator('.list .row').nth(130).waitFor();
    result.conversations.push(await count('.list .row'));
    await page.goto(`${address}/console/people`);
    await page.locator('tbody tr').nth(99).waitFor();
    result.users.push(await count('tbody tr'));
    await page.locator('.people .next').click();
    await page.locator('tbody tr').nth(101).waitFor();
    result.users.push(await count('tbody tr'));
    await page.goto(`${address}/console/${conversation}/${last}`);
    const named = page.locator(`.person[aria-current][title="${last}"]`);
    await named.waitFor();
    result.marked = await named.evaluate(row => row.getBoundingClientRect().bottom);
    return { ...result, errors: seen.errors };
  },

  // A whole story without the mouse.
  async keyboard(page, { address }, seen) {
    const press = async (...keys) => {
      for (const key of keys) {
        await page.keyboard.press(key);
      }
    };
    const focused = text => page.waitForFunction(
      wanted => document.activeElement !== document.body
        && (document.activeElement.textContent.includes(wanted) || document.activeElement.name === wanted), text);
    await open(page, `${address}/console`);
    await page.locator('.rows > *').first().waitFor();

    await press('n');
    await focused('Empty');
    await press('Enter');
    await focused('body');
    await press('Escape', 'a');
    await focused('Identity');
    await press('Enter');
    await page.locator('.person', { hasText: 'alice' }).waitFor();
    await press('a');
    await focused('Identity');
    await press('Shift+Tab');
    await focused('kind');
    await press('ArrowDown', 'Tab');
    await focused('MessagingBinding.Address');
    await press('Enter');
    await page.locator('.person', { hasText: 'SMS' }).waitFor();

    await press('m');
    await page.keyboard.type('Your parcel arrives today.');
    await press('Enter');
    await page.locator('.message.right .marks', { hasText: 'delivered' }).waitFor();
    await press('Shift+Tab', 'ArrowDown', 'Tab');
    await page.keyboard.type('Thank you!');
    await press('Enter');
    await page.locator('.message.left', { hasText: 'Thank you!' }).waitFor();
    const bubbles = await page.locator('.bubble').allInnerTexts();

    await press('Escape', 'c');
    await page.getByRole('button', { name: 'Really close?' }).waitFor();
    await press('c');
    await page.locator('.state.closed').first().waitFor();
    await press('2');
    await page.locator('.row.request', { hasText: 'CreateConversationParticipant' }).first().waitFor();
    await press('/');
    await page.keyboard.type('CreateParticipant');
    await press('Escape', 'j', 'Enter');
    await page.locator('.summary').waitFor();
    await press('s');
    await page.locator('.problem', { hasText: 'In the way' }).waitFor();
    return { bubbles, problem: await page.locator('.problem').innerText(), errors: seen.errors };
  },
};

module.exports = { scenarios, signIn };
