// A request as a command or as a program with Twilio's helper library.
import { code, copyButton, h } from './dom.js';
import { account, origin } from './api.js';

const languages = ['curl', 'Node.js', 'Python', 'C#'];
const singular = { Roles: 'Role', Users: 'User', Services: 'Service', Conversations: 'Conversation', Messages: 'Message',
  Participants: 'Participant', Receipts: 'DeliveryReceipt', Webhooks: 'Webhook', Notifications: 'Notification',
  ParticipantConversations: 'ParticipantConversation', ConversationWithParticipants: 'ConversationWithParticipants' };

const numbers = new Set(['LastReadMessageIndex', 'Configuration.ReplayAfter', 'PageSize']);
const lists = new Set(['Permission', 'Filters', 'Configuration.Filters', 'Configuration.Triggers', 'Participant']);
const camel = name => name[0].toLowerCase() + name.slice(1);
const snake = name => name.replace(/\./g, '_').replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
const pascal = name => name.split('.').map(part => part[0].toUpperCase() + part.slice(1)).join('');

/** Services/IS…/Conversations/CH… as [['Services', 'IS…'], ['Conversations', 'CH…']]; a singleton's key is undefined. */
function stepsOf(path) {
  const segments = path.replace(/^.*?\/v1\//, '').split('?')[0].split('/').map(decodeURIComponent);
  const steps = [];
  let isConfiguration = false;
  while (segments.length > 0) {
    const name = segments.shift();
    isConfiguration ||= name === 'Configuration';
    steps.push(isConfiguration ? { name, isSingle: true } : { name, key: segments.shift() });
  }
  return steps;
}

function methodOf(entry, last) {
  const isOne = last.isSingle || last.key !== undefined;
  return entry.method === 'POST' ? (isOne ? 'update' : 'create')
    : entry.method === 'DELETE' ? 'delete' : isOne ? 'fetch' : 'list';
}

function valuesOf(entry) {
  return Object.entries(entry.parameters).map(([name, values]) => {
    const value = values.at(-1);
    return { name, value: lists.has(name) ? values : numbers.has(name) && /^\d+$/.test(value) ? Number(value)
      : /^(true|false)$/.test(value) && name.endsWith('Enabled') ? value === 'true' : value };
  });
}

/** conversations("CH…").messages, by the language's style of names. */
const chainOf = (steps, styled) => steps.map(({ name, key, isSingle }) =>
  `${styled(name)}${isSingle ? '()' : key === undefined ? '' : `(${JSON.stringify(key)})`}`).join('.');

const shell = text => /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;

function curl(entry, account, origin) {
  const form = entry.method === 'POST' ? Object.entries(entry.parameters).flatMap(([name, values]) =>
    values.map(value => `  --data-urlencode ${shell(`${name}=${value}`)}`)) : [];
  const path = entry.path.slice(entry.path.indexOf('/v1'));
  return [`curl -sS -u ${shell(`${account.user}:${account.password}`)}${entry.method === 'DELETE' ? ' -X DELETE' : ''} ${shell(origin + path)}`,
    ...form].join(' \\\n');
}

function node(entry, account, origin) {
  const steps = stepsOf(entry.path);
  const values = valuesOf(entry).map(({ name, value }) => {
    const key = name.split('.').map(camel).join('.');
    return `  ${key.includes('.') ? `'${key}'` : key}: ${JSON.stringify(value)},`;
  });
  const method = { delete: 'remove' }[methodOf(entry, steps.at(-1))] ?? methodOf(entry, steps.at(-1));
  return `const client = require('twilio')(${JSON.stringify(account.user)}, ${JSON.stringify(account.password)}, `
    + `{ accountSid: ${JSON.stringify(account.sid)} });\n`
    + `client.conversations.baseUrl = ${JSON.stringify(origin)};\n\n`
    + `client.conversations.v1.${chainOf(steps, camel)}.${method}(${values.length > 0 ? `{\n${values.join('\n')}\n}` : ''})\n`
    + '  .then(answer => console.log(answer), error => console.error(error.code, error.message));';
}

const pythonText = value => value === true ? 'True' : value === false ? 'False' : JSON.stringify(value);

function python(entry, account, origin) {
  const steps = stepsOf(entry.path);
  const values = valuesOf(entry).map(({ name, value }) => `    ${snake(name)}=${pythonText(value)},`);
  return `from twilio.rest import Client\n\nclient = Client(${pythonText(account.user)}, ${pythonText(account.password)}, `
    + `account_sid=${pythonText(account.sid)})\n` + `client.conversations.base_url = ${pythonText(origin)}\n\n`
    + `answer = client.conversations.v1.${chainOf(steps, snake)}.${methodOf(entry, steps.at(-1))}(`
    + `${values.length > 0 ? `\n${values.join('\n')}\n` : ''})\nprint(answer)`;
}

const sharpText = (name, value) => Array.isArray(value) ? `[${value.map(one => JSON.stringify(one)).join(', ')}]`
  : /^Date|^(Start|End)Date$/.test(name) ? `DateTime.Parse(${JSON.stringify(value)})` : JSON.stringify(value);

function sharp(entry, account, origin) {
  const steps = stepsOf(entry.path);
  const last = steps.at(-1);
  const parents = steps.slice(0, -1).map(step => singular[step.name] ?? step.name);
  const paths = steps.filter(step => step.key !== undefined).map(step => step === last
    ? `pathSid: ${JSON.stringify(step.key)}`
    : `path${step.name === 'Services' ? 'ChatService' : singular[step.name]}Sid: ${JSON.stringify(step.key)}`);
  const values = valuesOf(entry).map(({ name, value }) =>
    `${camel(pascal(name)).replace(/^(configuration)\./, '$1')}: ${sharpText(name, value)}`);
  const method = methodOf(entry, last);
  const verb = method === 'list' ? 'Read' : method[0].toUpperCase() + method.slice(1);
  return 'using Twilio;\nusing Twilio.Clients;\nusing Twilio.Http;\n'
    + `using Twilio.Rest.Conversations.V1${parents.map(name => `.${name}`).join('')};\n\n`
    + '// ToLocalServer: see C# in the documentation of the helper libraries.\n'
    + `var http = new System.Net.Http.HttpClient(new ToLocalServer(${JSON.stringify(origin)}));\n`
    + `TwilioClient.SetRestClient(new TwilioRestClient(${JSON.stringify(account.user)}, ${JSON.stringify(account.password)}, `
    + `accountSid: ${JSON.stringify(account.sid)}, httpClient: new SystemNetHttpClient(http)));\n\n`
    + `var answer = await ${singular[last.name] ?? last.name}Resource.${verb}Async(`
    + `${[...paths, ...values].map(text => `\n    ${text}`).join(',')});`;
}

const snippet = (language, ...given) => ({ 'curl': curl, 'Node.js': node, 'Python': python, 'C#': sharp })[language](...given);

/** The request in the language that is chosen. */
export function copies(entry) {
  let language = localStorage.getItem('conversations-language') ?? languages[0];
  const text = () => snippet(language, entry, account, origin);
  const block = code(text());
  const tabs = languages.map(name => h('button', { type: 'button', onclick: () => choose(name) }, name));
  function choose(name) {
    language = name;
    localStorage.setItem('conversations-language', name);
    block.textContent = text();
    tabs.forEach(tab => tab.setAttribute('aria-pressed', String(tab.textContent === name)));
  }
  choose(languages.includes(language) ? language : languages[0]);
  return h('section', null,
    h('div.line', null, h('h2.label', null, 'As code'), h('div.tabs', { role: 'group', 'aria-label': 'Language' }, tabs),
      copyButton(text)), block);
}
