// The account's clock with what is due, and the faults in force.
import { button, careful, clock as page, field, h, shortSid, sync, valuesOf } from './dom.js';
import { announce, base, get, has, problem, send, single } from './api.js';

const steps = [['1 minute', 'PT1M'], ['1 hour', 'PT1H'], ['1 day', 'P1D'], ['10 days', 'P10D']];
const numbers = ['status', 'code', 'nth', 'every', 'probability', 'seed', 'times', 'webhook_status', 'delivery_error'];

// The parts of a rule, in words.
const whom = rule => [rule.method, rule.operation, rule.path, rule.identity, rule.address, rule.receiver].filter(Boolean).join(' ')
  || 'every request';

const when = rule => [rule.nth && `match ${rule.nth}`, rule.every && `every ${rule.every} matches`, rule.probability
  && `${rule.probability * 100} %`, rule.times > 1 ? `${rule.times} times` : rule.times && 'once'].filter(Boolean).join(', ');

const what = rule => [rule.code ?? rule.status, rule.delay && `after ${rule.delay}`, rule.cut && `cut ${rule.cut} the write`,
  rule.webhook_status && `webhook ${rule.webhook_status}`, rule.webhook_error && `webhook ${rule.webhook_error}`,
  rule.delivery && `delivery ${rule.delivery}`, rule.delivery_error].filter(Boolean).join(', ');

export function mount(main) {
  const [said, now, due, rules, none] = [h('div'), h('p.clock'), h('tbody'), h('tbody'), h('div')];
  const act = async (method, path, body) => {
    const answer = await send(method, `/control/${path}`, body);
    const fired = Object.entries(answer.body?.fired ?? {}).filter(([, count]) => count).map(([kind, count]) => `${count} × ${kind}`).join(', ');
    said.replaceChildren(...(answer.ok ? [fired && h('p.done', { role: 'status' }, `Fired: ${fired}`)].filter(Boolean) : [problem(answer)]));
    said.firstChild?.scrollIntoView({ block: 'nearest' });
    await load();
    announce([]);
    return answer.ok;
  };
  const asked = new URLSearchParams(location.search);
  const choice = (label, name, ...values) => field(label, name, {},
    ...['', ...values].map(value => h('option', { value, selected: asked.get(name) === value }, value || '–')));
  const text = (label, name, placeholder) => field(label, name, { placeholder, value: asked.get(name) });
  const form = h('form.columns', { onsubmit: async event => {
    event.preventDefault();
    const rule = Object.fromEntries(Object.entries(valuesOf(form)).map(([name, value]) =>
      [name, numbers.includes(name) ? Number(value) : value]));
    await act('POST', 'faults', rule) && form.reset();
  } },
  text('Operation', 'operation', 'CreateConversationParticipant'), text('Path', 'path', '/v1/Conversations/*'),
  text('Identity', 'identity', 'alice'), text('Address', 'address', '+15558675310'),
  text('Receiver of webhooks', 'receiver', 'localhost:3000'),
  text('Error code', 'code', '50433'), text('Status', 'status', '503'), text('Delay', 'delay', '5s'),
  choice('Cut the connection', 'cut', 'before', 'after'), text('Status of webhooks', 'webhook_status', '500'),
  choice('Delivery', 'delivery', 'undelivered', 'failed', 'delivered', 'sent'), text('Delivery error', 'delivery_error', '30003'),
  text('How many times', 'times', 'always'),
  h('details', null, h('summary', null, 'More'), h('div.columns', null, choice('Method', 'method', 'GET', 'POST', 'DELETE'),
    text('Only the match number', 'nth', '2'), text('Every so many matches', 'every', '3'),
    text('Probability', 'probability', '0.1'), text('Seed of the probability', 'seed', '42'),
    choice('Receiver does not answer', 'webhook_error', 'timeout', 'refused'))),
  h('p', null, h('button.primary', null, 'Add the fault')));
  const by = field('Duration', 'by', { value: 'P1D', required: true });
  const moving = h('form.line', { onsubmit: event => {
    event.preventDefault();
    act('POST', 'clock/advance', valuesOf(moving));
  } }, by, h('button', null, 'Advance'));
  const load = single(async () => {
    const [clock, faults] = await Promise.all(['clock', 'faults'].map(name =>
      has(name) ? get(`/control/${name}`) : { ok: false, body: {} }));
    if (clock.ok) {
      const { frozen, offset_seconds: offset, due: next } = clock.body;
      page.ahead = offset * 1000;
      now.replaceChildren(h('b', null, new Date(clock.body.now).toLocaleString()),
        ` · ${frozen ? 'frozen' : 'runs'}${offset ? `, ${Math.round(offset / 360) / 10} hours from real time` : ''}`);
      sync(due, next, one => `${one.sid} ${one.at}`, one => h('tr', null, h('td', null, new Date(one.at).toLocaleString()),
        h('td', null, one.kind), h('td', null, one.conversation_sid
          ? h('a', { href: `${base}/conversations/${one.conversation_sid}` }, shortSid(one.conversation_sid)) : one.sid),
        h('td.tools', null, button('Go there', () => act('POST', 'clock/advance', { to: one.at }), { class: 'quiet' }))));
    }
    if (faults.status === 0) { return; }
    const inForce = faults.body.faults ?? [];
    sync(rules, inForce, rule => rule.id, rule => h('tr', null, h('td', null, whom(rule)), h('td', null, when(rule)),
      h('td', null, what(rule)), h('td', null, `${rule.hits} ${rule.hits === 1 ? 'hit' : 'hits'}`),
      h('td.tools', null, careful('Remove', () => act('DELETE', `faults/${rule.id}`)))));
    none.textContent = inForce.length > 0 ? '' : 'No fault is in force.';
  });
  main.append(h('div.head', null, h('h1', null, 'Time and faults')), h('div.page.narrow', null, said,
    has('clock') && h('section.block', null, h('h2', null, 'Clock of the account'), now,
      h('div.tools', null, button('Freeze', () => act('POST', 'clock/freeze', {})), button('Run on', () => act('POST', 'clock/run', {})),
        button('Real time', () => act('POST', 'clock/run', { reset: true })),
        steps.map(([label, duration]) => button(`+ ${label}`, () => act('POST', 'clock/advance', { by: duration })))),
      moving, h('h2.label', null, 'Due next'), h('div.scroll', null, h('table', null, due))),
    has('faults') && h('section.block', null, h('h2', null, 'Faults'), h('p.quiet', null, none), h('div.scroll', null, h('table', null, rules)),
      h('h2.label', null, 'A new fault'), form)));
  load();
  return { select: load, update: load };
}
