'use strict';

// Controls Swagger UI in Chromium. Standard input contains the scenario, the browser and the address of the server.
// The result is written to standard output as JSON; SwaggerUiTests.cs checks it.
const { chromium } = require('playwright-core');

const { signIn, scenarios: consoleScenarios } = require('./console.cjs');

const timeout = 60_000;

const operations = 'div.opblock';

async function open(page, address) {
  await page.goto(`${address}/swagger/index.html`);
  await page.waitForSelector(operations, { timeout });
}

const operation = (page, id) => page.locator(`${operations}[id$="-${id}"]`);

async function expand(page, id) {
  await operation(page, id).locator('.opblock-summary-control').click();
  await operation(page, id).locator('.opblock-body').waitFor({ timeout });
}

// Without the mouse, whose way to a button takes longer than the rendering of an operation.
const click = button => button.evaluate(element => element.click());

const toggle = (page, id) => click(operation(page, id).locator('.opblock-summary-control'));

async function tryOut(page, id) {
  const button = operation(page, id).locator('button.try-out__btn:not(.cancel):not(.reset)');
  if (await button.count() > 0) {
    await click(button);
  }
}

const execute = (page, id) => operation(page, id).locator('button.execute');

// Executes an operation and waits until the page shows the answer of this request.
async function answer(page, id, click = locator => locator.click()) {
  const [response] = await Promise.all([
    page.waitForResponse(made => new URL(made.url()).pathname.startsWith('/v1/'), { timeout }),
    click(execute(page, id)),
  ]);
  const { sid, code, meta } = await response.json();
  const shown = operation(page, id).locator('.live-responses-table').filter({ hasText: `${sid ?? code ?? meta.url}` });
  await shown.waitFor({ timeout });
  const status = await shown.locator('.response-col_status').last().innerText();
  const body = await shown.locator('.response-col_description .highlight-code').first().innerText();
  return { status: parseInt(status, 10), body };
}

async function dialog(page) {
  await page.locator('.auth-wrapper button.authorize').first().click();
  await page.locator('.dialog-ux').waitFor({ timeout });
}

async function authorize(page, user, password) {
  await dialog(page);
  const logout = page.locator('.dialog-ux button', { hasText: 'Logout' });
  if (await logout.count() > 0) {
    await logout.click();
  }

  if (user !== null) {
    await page.locator('.dialog-ux input[name=username]').fill(user);
    await page.locator('.dialog-ux input[name=password]').fill(password);
    await page.locator('.dialog-ux button[type=submit]').click();
  }

  await page.locator('.dialog-ux button', { hasText: 'Close' }).click();
}

async function authorized(page) {
  await dialog(page);
  const code = page.locator('.dialog-ux .wrapper code');
  const user = await code.count() > 0 ? (await code.first().innerText()).trim() : null;
  await page.locator('.dialog-ux button', { hasText: 'Close' }).click();
  return user;
}

// The initial value of a field of the form or path; null for a field without a value.
const rows = 'tr[data-param-name], tr[data-property-name]';

const fields = element => element.locator(rows).evaluateAll(found => found.map(row => ({
  name: row.getAttribute('data-property-name') ?? row.getAttribute('data-param-name'),
  required: row.querySelector('.required') !== null,
  values: [...row.querySelectorAll('input:not([type=checkbox]), select, textarea')].map(field => field.value),
})));

const scenarios = {
  // Opens every operation of every definition once.
  async operations(page, { address }, seen) {
    await open(page, address);
    const choices = page.locator('.download-url-wrapper select option');
    const definitions = await choices.count() > 0 ? await choices.allInnerTexts() : [null];
    const found = [];
    for (const definition of definitions) {
      if (definition !== null) {
        await page.locator('.download-url-wrapper select').selectOption({ label: definition });
        await page.waitForFunction(([name, selector]) => new URL(location).searchParams.get('urls.primaryName') === name
          && document.querySelectorAll(selector).length > 0 && document.querySelector('.loading-container') === null,
          [definition, operations], { timeout });
      }

      const ids = await page.locator(operations).evaluateAll(blocks => blocks.map(block => block.id.split('-').pop()));
      for (const id of ids) {
        await toggle(page, id);
        await operation(page, id).locator('.opblock-body').waitFor({ timeout });
        await tryOut(page, id);
        const [block, button] = [operation(page, id), execute(page, id)];
        const broken = block.getByText('Could not render');
        await button.or(broken).first().waitFor({ timeout });
        found.push({
          definition,
          id,
          canExecute: await button.count() > 0 && await button.isEnabled(),
          broken: await broken.count() > 0,
          fields: await fields(block),
          buttons: await block.locator('.form-examples button').allInnerTexts(),
        });
        await toggle(page, id);
      }
    }

    return { operations: found, errors: seen.errors };
  },

  // The values of a form: initial, after choosing another example, and after a reset.
  async examples(page, { address, id, example }) {
    await open(page, address);
    await expand(page, id);
    const values = async () => (await fields(operation(page, id))).filter(field => field.values.join('') !== '');

    // Waits until all fields have changed: two consecutive reads are equal and differ from the previous values.
    const changed = async before => {
      for (let [last, waited] = ['', 0]; waited < timeout; waited += 200) {
        const now = await values();
        if (JSON.stringify(now) === last && last !== JSON.stringify(before)) {
          return now;
        }

        last = JSON.stringify(now);
        await page.waitForTimeout(200);
      }

      throw new Error(`The form stays at ${JSON.stringify(before)}.`);
    };

    const button = operation(page, id).getByRole('button', { name: example });
    await button.waitFor({ timeout });
    const first = await values();
    await button.click();
    const filled = await changed(first);
    await operation(page, id).locator('button.reset').click();
    return { first, filled, reset: await changed(filled) };
  },

  // Executes with the given credentials, or without any.
  async execute(page, { address, user, password, id }) {
    await open(page, address);
    await authorize(page, user, password);
    await expand(page, id);
    await tryOut(page, id);
    return answer(page, id);
  },

  // The authorized user: at first, after a reload, and after a reload with other credentials. Also whether an operation
  // can be executed without another click.
  async authorization(page, { address, user, password, id }) {
    const load = async () => {
      await open(page, address);
      return authorized(page);
    };
    const first = await load();
    await expand(page, id);
    const canExecute = await execute(page, id).count() > 0;
    const again = await load();
    await authorize(page, user, password);
    return { first, again, canExecute, other: await load() };
  },

  // The first view of the page.
  async look(page, { address }) {
    await open(page, address);
    const statusOf = url => page.evaluate(address => fetch(address).then(response => response.status), url);
    const icon = await statusOf(await page.locator('link[rel=icon]').first().evaluate(link => link.href));
    const links = await page.locator('body > header a').evaluateAll(anchors => anchors.map(anchor => anchor.href));
    const own = await Promise.all(links.filter(link => link.startsWith(address)).map(statusOf));
    return {
      title: await page.title(),
      icon,
      links,
      own,
      tags: await page.locator('h3.opblock-tag').evaluateAll(tags => tags.map(tag => tag.getAttribute('data-tag'))),
      definitions: await page.locator('.download-url-wrapper select option').allInnerTexts(),
    };
  },

  // Creates a conversation, adds a chat and an SMS participant and lists them like a person. Counts the clicks and the
  // typed characters.
  async measure(page, { address }) {
    let clicks = 0;
    const characters = 0; // No typing is necessary.
    const click = async locator => {
      clicks++;
      await locator.click();
    };
    const run = id => answer(page, id, click);

    await open(page, address);
    await click(operation(page, 'CreateConversation').locator('.opblock-summary-control'));
    const conversation = await run('CreateConversation');
    await click(operation(page, 'CreateConversationParticipant').locator('.opblock-summary-control'));
    const chat = await run('CreateConversationParticipant');
    await click(operation(page, 'CreateConversationParticipant').getByRole('button', { name: 'SMS' }));
    const sms = await run('CreateConversationParticipant');
    await click(operation(page, 'ListConversationParticipant').locator('.opblock-summary-control'));
    const list = await run('ListConversationParticipant');
    return { clicks, characters, conversation, chat, sms, list };
  },
};

// What a web page of somebody else can do with an account whose token it knows. Each answer is a status, or "blocked" by the browser.
Object.assign(scenarios, {
  async attack(page, { address, user, password }) {
    const port = new URL(address).port;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const attacker = 'http://evil.example/';
    const rebound = `http://rebind.example:${port}/`;
    for (const url of [attacker, rebound]) {
      await page.route(url, route => route.fulfill({ contentType: 'text/html', body: '<form method="post"></form>' }));
    }

    const create = url => page.evaluate(([to, header]) => fetch(to, {
      method: 'POST',
      headers: { Authorization: header },
      body: new URLSearchParams({ FriendlyName: 'stolen' }),
    }).then(made => `${made.status}`, () => 'blocked'), [url, authorization]);

    await page.goto(attacker);
    const script = await create(`${address}/v1/Conversations`);

    // The page's own name leads to this machine by now (--host-resolver-rules): the server is its own origin.
    await page.goto(rebound);
    const rebinding = await create(`${rebound}v1/Conversations`);

    await page.goto(attacker);
    const withCredentials = address.replace('://', `://${user}:${password}@`);
    const [submitted] = await Promise.all([
      page.waitForResponse(made => made.url().endsWith('/v1/Conversations') && made.request().method() === 'POST'),
      page.evaluate(url => {
        document.forms[0].action = url;
        document.forms[0].submit();
      }, `${withCredentials}/v1/Conversations`),
    ]);
    return { script, form: `${submitted.status()}`, rebinding };
  },
});

Object.assign(scenarios, consoleScenarios);

async function main() {
  let input = '';
  for await (const chunk of process.stdin) {
    input += chunk;
  }

  const settings = JSON.parse(input);
  const root = process.getuid?.() === 0;
  const args = [
    '--host-resolver-rules=MAP rebind.example 127.0.0.1',
    // Not every browser asks before a page may call this machine; the server must not rely on it.
    '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessSendPreflights',
    ...(root ? ['--no-sandbox'] : []),
  ];
  const browser = await chromium.launch({ executablePath: settings.chromium, args, timeout });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    page.setDefaultTimeout(timeout);
    if (settings.scenario in consoleScenarios) {
      await signIn(page, settings);
    }

    const seen = { errors: [] };
    page.on('pageerror', error => seen.errors.push(`${error}`));
    page.on('console', message => message.type() === 'error' && seen.errors.push(message.text()));
    process.stdout.write(JSON.stringify(await scenarios[settings.scenario](page, settings, seen)));
  } finally {
    await browser.close();
  }
}

main();
