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

// As the sign-in form does it.
const signIn = (page, { user, password }) => page.addInitScript(account => {
  sessionStorage.setItem('conversations-console', account);
}, JSON.stringify({ user, password, sid: user }));

const scenarios = {
  // Every view in two sizes and two schemes: what axe finds, and what the browser reports.
  async views(page, { address, views, folder }, seen) {
    const found = [];
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      for (const size of sizes) {
        await page.setViewportSize(size);
        for (const [name, view] of Object.entries(views)) {
          await open(page, address + view);
          await settle(page);
          const violations = await page.evaluate(`${axe}; axe.run()`);
          const place = `${name} ${size.width} ${colorScheme}`;
          found.push(...violations.violations.flatMap(({ id, nodes }) => nodes.map(node => `${place}: ${id} ${node.html}`)));
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          found.push(...(width > size.width ? [`${place} is ${width} wide`] : []));
          if (folder && colorScheme === 'light' && size.width === 1280) {
            await page.screenshot({ path: path.join(folder, `${name}.png`) });
          }
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
  async hostile(page, { address, views, text }, seen) {
    const [markup, shown] = [[], []];
    for (const [name, view] of Object.entries(views)) {
      await open(page, address + view);
      await settle(page);
      const body = await page.evaluate(() => document.body.innerText);
      shown.push(...(body.includes(text) ? [name] : []));
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
    const headers = { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
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

  // Many requests at once. The page stays usable and its memory does not grow with them.
  async flood(page, { address, user, password, requests }) {
    const headers = { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
    const send = count => Promise.all(Array.from({ length: 8 }, async () => {
      for (let left = count / 8; left > 0; left--) {
        await fetch(`${address}/v1/Conversations/none-${left}`, { headers });
      }
    }));
    const session = await page.context().newCDPSession(page);
    const memory = async () => {
      await session.send('HeapProfiler.collectGarbage');
      return (await session.send('Runtime.getHeapUsage')).usedSize;
    };
    await open(page, `${address}/console/requests`);
    await send(400);
    await page.waitForTimeout(1000);
    const before = await memory();
    const started = Date.now();
    const flood = send(requests);
    await page.waitForTimeout(500);
    const clicked = Date.now();
    await page.locator('.row').first().click();
    await page.locator('.page .summary').waitFor();
    const reaction = Date.now() - clicked;
    await flood;
    const took = Date.now() - started;
    await page.waitForTimeout(1000);
    return { rows: await page.locator('.row').count(), grown: await memory() - before, reaction, took };
  },

  // A whole story without the mouse.
  async keyboard(page, { address }, seen) {
    const press = async (...keys) => {
      for (const key of keys) {
        await page.keyboard.press(key);
      }
    };
    const focused = text => page.waitForFunction(
      wanted => document.activeElement?.textContent.includes(wanted) || document.activeElement?.name === wanted, text);
    await open(page, `${address}/console`);
    await page.locator('.rows > *').first().waitFor();

    await press('n');
    await focused('Empty');
    await press('Enter');
    await page.locator('.composer').waitFor();
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
    await page.locator('.state.closed').first().waitFor();
    await press('2');
    await page.locator('.row.request', { hasText: 'CreateConversationParticipant' }).first().waitFor();
    await press('/');
    await page.keyboard.type('CreateConversationParticipant');
    await press('Escape', 'j', 'Enter');
    await page.locator('.summary').waitFor();
    await press('s');
    await page.locator('.problem', { hasText: 'In the way' }).waitFor();
    return { bubbles, problem: await page.locator('.problem').innerText(), errors: seen.errors };
  },
};

module.exports = { scenarios, signIn };
