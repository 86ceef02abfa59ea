// Users, roles, services and settings: tables whose rows can be edited and deleted.
import { button, careful, copyButton, empty, field, h, moreButton, sync, time, valuesOf } from './dom.js';
import { base, change, get, pages, problem, single } from './api.js';

const roleNames = {};

const roleChoice = label => row => field(label, 'RoleSid', {}, ...Object.entries(roleNames).map(([sid, name]) =>
  h('option', { value: sid, selected: sid === row.role_sid }, name)));

const text = (label, name, key, properties) => row => field(label, name, { value: row[key] ?? '', ...properties });

// What a table shows, and the fields of the form that changes a row.
const kinds = {
  users: {
    label: 'Users', path: '/v1/Users', hint: 'A user appears when an identity joins its first conversation.',
    columns: { Identity: row => row.identity, Name: row => row.friendly_name, Role: row => roleNames[row.role_sid],
      Attributes: row => row.attributes === '{}' ? '' : h('code', null, row.attributes), Created: row => time(row.date_created) },
    fields: [text('Friendly name', 'FriendlyName', 'friendly_name'), text('Attributes', 'Attributes', 'attributes'),
      roleChoice('Role')],
  },
  roles: {
    label: 'Roles', path: '/v1/Roles',
    columns: { Name: row => row.friendly_name, Type: row => row.type, Permissions: row =>
      h('details', null, h('summary', null, row.permissions.length), h('p.quiet', null, row.permissions.join(', '))) },
    fields: [row => field('Permissions, separated by spaces', 'Permission', { value: row.permissions.join(' ') })],
    formOf: ({ Permission }) => ({ Permission: (Permission ?? '').split(/[\s,]+/).filter(Boolean) }),
  },
  services: {
    label: 'Services', path: '/v1/Services', fields: [],
    columns: { Name: row => row.friendly_name, SID: row => h('code', null, row.sid), Created: row => time(row.date_created) },
  },
};

// The two forms of the account's settings. A form with an empty field takes the setting away.
const settings = [['Settings', '/v1/Configuration', [
    ['DefaultInactiveTimer', 'default_inactive_timer', 'PT1M or P10D'],
    ['DefaultClosedTimer', 'default_closed_timer', 'PT10M or P30D'],
    ['DefaultChatServiceSid', 'default_chat_service_sid'], ['DefaultMessagingServiceSid', 'default_messaging_service_sid']]],
  ['Webhooks of the account', '/v1/Configuration/Webhooks', [
    ['PreWebhookUrl', 'pre_webhook_url', 'http://localhost:3000/before'],
    ['PostWebhookUrl', 'post_webhook_url', 'http://localhost:3000/after'],
    ['Method', 'method', 'POST'], ['Filters', 'filters', 'onMessageAdded onParticipantAdded']]]];

export function mount(main) {
  let [kind, shown, isEdited] = ['users', 1, false];
  const [said, place, count] = [h('div'), h('div', { oninput: () => { isEdited = true; } }), h('small')];
  const tabs = h('nav.tabs', { 'aria-label': 'Tables' },
    [...Object.entries(kinds).map(([name, one]) => [name, one.label]), ['settings', 'Settings']].map(([name, label]) =>
      h('a.button.quiet', { href: `${base}/people/${name}` }, label)));
  const more = moreButton(() => (shown += 1, load()));
  main.append(h('div.head', null, h('h1', null, 'Users and roles'), tabs), h('div.page.people', null, said, h('p', null, count), place, more));
  async function act(method, path, form) {
    const answer = await change(path, form, method);
    said.replaceChildren(...(answer.ok ? [] : [problem(answer)]));
    await load();
    return answer.ok;
  }
  function edit(row, element) {
    const { path, label, fields, formOf } = kinds[kind];
    const form = h('form.editing', { onsubmit: async event => {
      event.preventDefault();
      const values = Object.fromEntries(new FormData(form));
      if (await act('POST', `${path}/${row.sid}`, formOf ? formOf(values) : values)) {
        element.version = null;
        await load();
      }
    } }, h('h2.label', null, `${label.slice(0, -1)} ${row.identity ?? row.friendly_name}`), fields.map(make => make(row)),
    h('p.tools', null, h('button.primary', null, 'Save'), button('Cancel', () => { element.version = null; load(); })));
    element.replaceChildren(h('td', { colspan: 9 }, form));
    form.querySelector('input, select').focus();
  }
  function tableRow(row) {
    const { columns, path, fields } = kinds[kind];
    const element = h('tr', null, Object.values(columns).map(show => h('td', null, show(row))), h('td.tools', null,
      copyButton(() => row.sid, 'Copy SID'),
      fields.length > 0 ? button('Edit', () => edit(row, element), { class: 'quiet' }) : null,
      careful('Delete', () => act('DELETE', `${path}/${row.sid}`))));
    return element;
  }
  async function showTable(own) {
    const { path, columns, hint, label } = kinds[own];
    const [roles, answer] = await Promise.all([pages('/v1/Roles?PageSize=100', 'roles', 10),
      pages(`${path}?PageSize=100`, own, shown)]);
    roles.rows.forEach(role => { if (role.type === 'service') { roleNames[role.sid] = role.friendly_name; } });
    if (own !== kind || answer.status === 0) { return; }
    const { rows } = answer;
    more.hidden = !answer.next;
    count.textContent = `${rows.length}${answer.next ? ' or more' : ''} ${(rows.length === 1 ? label.slice(0, -1) : label).toLowerCase()}`;
    if (!answer.ok || rows.length === 0) {
      return place.replaceChildren(answer.ok ? empty(`No ${label.toLowerCase()} yet`, h('p', null, hint)) : problem(answer));
    }
    if (place.dataset.kind !== kind || !place.querySelector('tbody')) {
      place.replaceChildren(h('div.block.scroll', { tabindex: 0, role: 'region', 'aria-label': label }, h('table', null,
        h('thead', null, h('tr', null, [...Object.keys(columns), ''].map(name => h(name ? 'th' : 'td', null, name)))), h('tbody'))));
      place.dataset.kind = kind;
    }
    sync(place.querySelector('tbody'), rows, row => row.sid, tableRow, row => JSON.stringify([row, roleNames[row.role_sid]]));
  }
  async function showSettings(own) {
    const answers = await Promise.all(settings.map(([, path]) => get(path)));
    if (own !== kind || answers[0].status === 0
      || (place.dataset.kind === own && (isEdited || place.contains(document.activeElement)))) {
      return;
    }
    [count.textContent, more.hidden] = ['', true];
    place.dataset.kind = 'settings';
    place.replaceChildren(...settings.map(([label, path, names], at) => h('form.block', { onsubmit: async event => {
      event.preventDefault();
      document.activeElement.blur();
      const values = Object.fromEntries(new FormData(event.target));
      isEdited = !await act('POST', path, 'Filters' in values ? { ...values, Filters: values.Filters.split(/[\s,]+/) } : values);
      await load();
    } }, h('h2', null, label), names.map(([name, key, placeholder]) => field(name, name, {
      value: [answers[at].body[key] ?? ''].flat().join(' '), placeholder })), h('button.primary', null, 'Save'))));
  }
  const load = single(() => kind === 'settings' ? showSettings(kind) : showTable(kind));
  return {
    select(name) {
      [kind, shown, isEdited] = [name in kinds || name === 'settings' ? name : 'users', 1, false];
      said.replaceChildren();
      tabs.querySelectorAll('a').forEach(link => link.toggleAttribute('data-open', link.pathname.endsWith(`/${kind}`)));
      load();
    },
    update: entries => entries.some(entry => entry.method !== 'GET') && load(),
  };
}
