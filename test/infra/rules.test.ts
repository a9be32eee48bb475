import { expect, test } from 'vitest';
import type { RuleName } from '../../tools/infra/rules.ts';
import { CODE, change, complaints, of, TEXTS } from './broken.ts';

test('infra/ is as it should be', () => {
  expect(complaints(TEXTS)).toEqual([]);
});

test('the code is read: an empty side would agree with anything', () => {
  expect(CODE.queues).toContain('notifications-poison');
  expect(CODE.functions).toContain('sweep');
  expect(CODE.tables).toContain('vaults');
  expect(CODE.webhook).toEqual({ path: 'alerts/deliveryReports', header: 'x-reprieve-webhook-key' });
  expect(CODE.settings.get('SWEEP_SCHEDULE')).toBe('azure');
  expect(CODE.settings.get('MAIL_CONNECTION_STRING')).toBe('elsewhere');
});

type Fault = readonly [rule: RuleName, path: string, what: string, by: string, said: RegExp];

const ROLES = 'app/roles.bicep';
const SETTINGS = 'app/settings.bicep';
const DATA = 'app/dataStorage.bicep';
const WATCH = 'app/watch.bicep';

const FAULTS: readonly Fault[] = [
  ['syntax', SETTINGS, '  properties: {', '  properties {', /cannot be read/],
  [
    'described',
    'app/mail.bicep',
    "@description('Tags of every resource.')\n",
    '',
    /the parameter tags is not described/,
  ],
  [
    'described',
    'app/mail.bicep',
    "@description('The address that accepts mails.')\n",
    '',
    /the output endpoint is not described/,
  ],
  ['described', SETTINGS, 'PIN_PEPPER: pinPepper', "PIN_PEPPER: 'x'", /pinPepper is declared and not used/],
  ['described', ROLES, 'var mailOwner', "var spare = 'x'\nvar mailOwner", /spare is declared and not used/],
  ['given', 'main.bicep', "'app/mail.bicep'", "'app/post.bicep'", /there is no module app\/post\.bicep/],
  ['given', 'main.bicep', '    mailEndpoint: mail.outputs.endpoint\n', '', /settings is not given mailEndpoint/],
  ['given', 'main.bicep', '    mailSender: ', '    mailFrom: ', /has no parameter mailFrom/],
  ['given', 'main.parameters.json', '"alarmAddresses"', '"alarms"', /main\.bicep has no parameter alarms/],
  ['given', 'main.parameters.json', '"pinPepper"', '"mailPerMinute"', /main\.bicep is not given pinPepper/],
  [
    'names',
    SETTINGS,
    'SWEEP_SCHEDULE: sweepSchedule',
    'SWEEP_SCHEDULE: sweepSchedul',
    /nothing is called sweepSchedul$/,
  ],
  ['names', 'main.bicep', 'toLower(', 'lowerCase(', /lowerCase is no function/],
  ['names', 'main.bicep', '@secure()', '@secret()', /secret is no function/],
  ['names', 'main.bicep', 'mail.outputs.endpoint', 'mail.outputs.address', /has no output address/],
  [
    'settings',
    SETTINGS,
    '    SWEEP_MAX_PURGES: string(sweepMaxPurges)\n',
    '',
    /SWEEP_MAX_PURGES is in src\/config\.ts.* not in infra\/app\/settings\.bicep/,
  ],
  [
    'settings',
    SETTINGS,
    'SWEEP_MAX_PURGES:',
    'SWEEP_MOST_PURGES:',
    /SWEEP_MOST_PURGES is in infra\/app\/settings\.bicep and not in/,
  ],
  [
    'settings',
    SETTINGS,
    '    MAIL_ENDPOINT:',
    '    MAIL_CONNECTION_STRING:',
    /MAIL_CONNECTION_STRING is in infra\/app\/settings\.bicep and not in/,
  ],
  [
    'settings',
    SETTINGS,
    '    AzureWebJobsStorage__clientId: clientId\n',
    '',
    /AzureWebJobsStorage__clientId is in .* not in infra\/app\/settings\.bicep/,
  ],
  ['storage', DATA, "'agenda'", "'diary'", /the table agenda is in src.*and not in app/],
  ['storage', DATA, ", 'sweep-shards-poison'", '', /the queue sweep-shards-poison is in src\/functions\.ts/],
  ['storage', DATA, "'notifications',", "'notifications', 'other',", /the queue other is in app/],
  ['accounts', DATA, 'allowSharedKeyAccess: false', 'allowSharedKeyAccess: true', /allowSharedKeyAccess: false/],
  ['accounts', 'app/hostStorage.bicep', 'TLS1_2', 'TLS1_0', /minimumTlsVersion/],
  ['accounts', DATA, '    allowBlobPublicAccess: false\n', '', /allowBlobPublicAccess: false/],
  [
    'roles',
    ROLES,
    '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
    'b24988ac-6180-42a0-ab88-20f7382dd24c',
    /nobody needs the role b24988ac/,
  ],
  [
    'roles',
    ROLES,
    '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
    'b24988ac-6180-42a0-ab88-20f7382dd24c',
    /Table Data Contributor is not given/,
  ],
  ['roles', ROLES, '  scope: communication\n', '', /a role on the whole resource group/],
  ['roles', ROLES, 'scope: hostStorage', 'scope: dataStorage', /nobody needs .* on dataStorage/],
  ['secrets', SETTINGS, 'IDENTITY_ISSUER: identityIssuer', 'IDENTITY_ISSUER: app.listKeys().key', /a key is asked for/],
  [
    'secrets',
    SETTINGS,
    'MAIL_SENDER: mailSender',
    "MAIL_SENDER: 'endpoint=https://a;accesskey=b'",
    /looks like a secret/,
  ],
  ['secrets', SETTINGS, '@secure()\nparam pinPepper', 'param pinPepper', /pinPepper is secret and not marked/],
  [
    'secrets',
    'main.bicep',
    'param pinPepper string',
    "param pinPepper string = 'x'",
    /pinPepper is secret and has a default/,
  ],
  ['secrets', 'main.bicep', 'output SERVICE_API_NAME', 'output webhookKey', /the output webhookKey tells a secret/],
  ['secrets', 'main.parameters.json', '{PIN_PEPPER}', '{PIN_PEPPER=hunter2}', /pinPepper has to come from outside/],
  ['queries', 'queries/purges.kql', 'sweep.finished', 'sweep.ended', /knows no event sweep\.ended/],
  ['queries', 'queries/purges.kql', 'e.purged', 'e.gone', /knows no field gone/],
  ['queries', 'queries/purges.kql', 'AppTraces', 'AppTraceLines', /knows no table AppTraceLines/],
  ['queries', 'queries/purges.kql', 'value =', 'sum =', /no column "value"/],
  ['queries', 'queries/deadLetters.kql', 'e.event', 'e.kind', /asks for no event/],
  ['queries', 'queries/sweepFailed.kql', "'sweepShard'", "'sweepPart'", /knows no function sweepPart/],
  ['queries', 'queries/poison.kql', "'notifications-poison'", "'notices-poison'", /knows no queue notices-poison/],
  ['queries', 'queries/poison.kql', "'notifications-poison', ", '', /nobody looks for notifications-poison/],
  ['queries', WATCH, 'queries/purges.kql', 'queries/purge.kql', /there is no queries\/purge\.kql/],
  ['queries', WATCH, 'queries/purges.kql', 'queries/poison.kql', /purges\.kql: nobody is called/],
  ['schedule', 'main.bicep', "string = 'PT10M'", "string = 'PT30M'", /twice the schedule is 10 minutes/],
  ['schedule', 'main.bicep', "'0 */5 * * * *'", "'0 0 * * * *'", /twice the schedule is 120 minutes/],
  ['emitted', 'queries/purges.kql', 'sweep.finished', 'sweep.ended', /nothing in src tells of sweep\.ended/],
  ['versions', 'app/monitor.bicep', 'workspaces@2025-02-01', 'workspaces@2025-02-01-preview', /not a released version/],
  ['entra', 'entra.sh', 'GuardAdmin|', 'Guardian|', /the role GuardAdmin is in src\/core\/caller\.ts/],
  ['entra', 'entra.sh', 'GuardAdmin|', 'Guardian|', /the role Guardian is in entra\.sh/],
  [
    'webhook',
    'app/deliveryReports.bicep',
    'api/alerts/deliveryReports',
    'alerts/deliveryReports',
    /has to end in \/api/,
  ],
  ['webhook', 'app/deliveryReports.bicep', 'x-reprieve-webhook-key', 'x-key', /has to bring x-reprieve-webhook-key/],
  ['webhook', 'app/deliveryReports.bicep', 'isSecret: true', 'isSecret: false', /as a secret/],
  ['versions', ROLES, 'components@2020-02-02', 'components@2015-05-01', /has other versions elsewhere/],
];

test.for(FAULTS)('%s: %s with %o for %o', ([rule, path, what, by, said], { expect: expected }) => {
  expected(of(rule, complaints(change(path, what, by))).join('\n')).toMatch(new RegExp(said, 'm'));
});

test('each rule was broken', () => {
  const rules: { readonly [R in RuleName]: true } = {
    syntax: true,
    described: true,
    given: true,
    names: true,
    settings: true,
    storage: true,
    accounts: true,
    roles: true,
    secrets: true,
    queries: true,
    schedule: true,
    versions: true,
    entra: true,
    webhook: true,
    emitted: true,
  };
  expect(new Set(FAULTS.map(([rule]) => rule))).toEqual(new Set(Object.keys(rules)));
});

test('a setting, a queue and an event that only the code has are found as well', () => {
  const code = {
    ...CODE,
    settings: new Map(CODE.settings).set('MAIL_COLOUR', 'azure' as const),
    queues: [...CODE.queues, 'more', 'more-poison'],
  };
  const said = complaints(TEXTS, code).join('\n');
  expect(said).toMatch(/MAIL_COLOUR is in src\/config\.ts/);
  expect(said).toMatch(/the queue more is in src\/functions\.ts/);
  expect(said).toMatch(/nobody looks for more-poison/);
});

test('an event that no code tells any more, and a metric that nobody measures, are found', () => {
  const told = new Set([...CODE.told].filter((name) => name !== 'pin.refused' && name !== 'reprieve.purged'));
  expect(of('emitted', complaints(TEXTS, { ...CODE, told }))).toEqual([
    'emitted: nothing in src tells of pin.refused',
    'emitted: nothing in src tells of reprieve.purged',
  ]);
});
