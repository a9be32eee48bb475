import { expect, test } from 'vitest';
import type { RuleName } from '../../tools/infra/rules.ts';
import { CODE, change, complaints, of, TEXTS } from './broken.ts';

test('infra/ and .github/ are as they should be', () => {
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

type Fault = readonly [rule: RuleName, path: string, what: string | RegExp, by: string, said: RegExp];

const MAIN = 'infra/main.json';
const GIVEN = 'infra/main.parameters.json';
const ENTRA = 'infra/entra.sh';
const WORKFLOW = '.github/workflows/deploy.yml';
const query = (name: string) => `infra/queries/${name}.kql`;

/** A property of the template: its line. */
const line = (text: string) => new RegExp(`^ *${text.replace(/[$()[\]{}.?*+|]/g, '\\$&')},?\n`, 'm');
const TABLE_ROLE = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3';
const CONTRIBUTOR = 'b24988ac-6180-42a0-ab88-20f7382dd24c';

const FAULTS: readonly Fault[] = [
  [
    'described',
    MAIN,
    '"description": "The geography',
    '"told": "The geography',
    /main: the parameter mailDataLocation/,
  ],
  ['described', MAIN, '"description": "The address of the service', '"told": "', /the output SERVICE_API_URI is not/],
  ['described', MAIN, '"[parameters(\'mailSender\')]"', '"x"', /settings: mailSender is declared and not used/],
  ['described', MAIN, '"variables": {', '"variables": {\n    "spare": 1,', /main: spare is declared and not used/],
  ['given', MAIN, /"mailEndpoint": \{\n *"value": "[^"]*"\n *\},/, '', /the module settings is not given mailEndpoint/],
  ['given', MAIN, /"mailSender": \{\n *"value"/, '"mailFrom": {"value"', /settings has no parameter mailFrom/],
  ['given', GIVEN, '"alarmAddresses"', '"alarms"', /main\.bicep has no parameter alarms/],
  ['given', GIVEN, '"portalClientId"', '"mailPerMinute"', /main\.bicep is not given portalClientId/],
  ['kept', MAIN, '"DATA_REDUNDANCY": {', '"REDUNDANCY": {', /no output DATA_REDUNDANCY tells what dataRedundancy was/],
  [
    'kept',
    MAIN,
    '"[string(parameters(\'mailPerMinute\'))]"\n    }',
    '"5"\n    }',
    /MAIL_PER_MINUTE tells what mailPerMinute/,
  ],
  ['kept', MAIN, /("PURGE_SPIKE": \{\n *"type": )"string"/, '$1"int"', /PURGE_SPIKE has to be text/],
  ['kept', GIVEN, /"\$\{WITH_NETWORK=false\}"/, '"false"', /withNetwork is not \$\{NAME\}/],
  [
    'settings',
    MAIN,
    line('"SWEEP_MAX_PURGES": "[string(parameters(\'sweepMaxPurges\'))]"'),
    '',
    /SWEEP_MAX_PURGES is in src\/config\.ts.* not in/,
  ],
  [
    'settings',
    MAIN,
    '"SWEEP_MAX_PURGES": "[string',
    '"SWEEP_MOST_PURGES": "[string',
    /SWEEP_MOST_PURGES is in infra\/app\/settings\.bicep, .* and not in/,
  ],
  [
    'settings',
    MAIN,
    '"MAIL_ENDPOINT": "',
    '"MAIL_CONNECTION_STRING": "',
    /MAIL_CONNECTION_STRING is in infra\/app\/settings\.bicep, .* and not in/,
  ],
  [
    'settings',
    MAIN,
    line('"AzureWebJobsStorage__clientId": "[parameters(\'clientId\')]"'),
    '',
    /AzureWebJobsStorage__clientId is in .* not in/,
  ],
  ['settings', MAIN, line('"AzureWebJobsDisableHomepage": "true"'), '', /AzureWebJobsDisableHomepage is in .* not in/],
  [
    'flex',
    MAIN,
    '"minTlsVersion": "1.2"',
    '"minTlsVersion": "1.2", "ftpsState": "Disabled"',
    /does not know ftpsState/,
  ],
  [
    'flex',
    MAIN,
    '"AzureWebJobsDisableHomepage"',
    '"WEBSITE_RUN_FROM_PACKAGE": "1", "AzureWebJobsDisableHomepage"',
    /does not know WEBSITE_RUN/,
  ],
  [
    'flex',
    MAIN,
    line('"functionsRuntimeAdminIsolationEnabled": true'),
    '',
    /has to say functionsRuntimeAdminIsolationEnabled/,
  ],
  [
    'flex',
    MAIN,
    '"functionsRuntimeAdminIsolationEnabled": true',
    '"functionsRuntimeAdminIsolationEnabled": false',
    /has to say functionsRuntime/,
  ],
  ['flex', MAIN, '"keyVaultReferenceIdentity"', '"identityOfReferences"', /has to say keyVaultReferenceIdentity/],
  ['flex', MAIN, /"alwaysReady": "\[if/, '"ready": "[if', /has to say alwaysReady/],
  ['storage', MAIN, '"agenda"', '"diary"', /the table agenda is in src.*and not in dataStorage/],
  [
    'storage',
    MAIN,
    '"sweep-shards-poison"',
    '"notifications"',
    /the queue sweep-shards-poison is in src\/functions\.ts/,
  ],
  ['storage', MAIN, '"notifications",', '"notifications", "other",', /the queue other is in dataStorage/],
  ['accounts', MAIN, '"allowSharedKeyAccess": false', '"allowSharedKeyAccess": true', /allowSharedKeyAccess: false/],
  ['accounts', MAIN, '"minimumTlsVersion": "TLS1_2"', '"minimumTlsVersion": "TLS1_0"', /minimumTlsVersion/],
  ['accounts', MAIN, line('"allowBlobPublicAccess": false'), '', /allowBlobPublicAccess: false/],
  [
    'accounts',
    MAIN,
    '"name": "[parameters(\'redundancy\')]"',
    '"name": "Standard_LRS"',
    /hostStorage: the account has a redundancy of its own/,
  ],
  [
    'accounts',
    MAIN,
    /("redundancy": \{\n *"value": )"\[parameters\('dataRedundancy'\)\]"/,
    '$1"Standard_LRS"',
    /hostStorage has another redundancy/,
  ],
  ['roles', MAIN, TABLE_ROLE, CONTRIBUTOR, /nobody needs the role b24988ac/],
  [
    'roles',
    MAIN,
    TABLE_ROLE,
    CONTRIBUTOR,
    /Table Data Contributor is not given on hostStorageName: .*DiagnosticEvents/,
  ],
  [
    'roles',
    MAIN,
    /"scope": "\[resourceId\('Microsoft\.Communication[^\n]*\n/,
    '',
    /a role on the whole resource group/,
  ],
  [
    'roles',
    MAIN,
    /("scope": "\[resourceId\('Microsoft\.Storage[^']*', parameters\(')hostStorageName/,
    '$1dataStorageName',
    /nobody needs .* on dataStorageName/,
  ],
  ['roles', MAIN, '4633458b-17de-408a-b875-0445c86b69e6', CONTRIBUTOR, /Key Vault Secrets User is not given/],
  [
    'endpoints',
    MAIN,
    '"service": "table"',
    '"service": "queue"',
    /no private endpoint leads to the table of hostStorageName/,
  ],
  [
    'endpoints',
    MAIN,
    '"service": "table"',
    '"service": "queue"',
    /nobody needs an endpoint to the queue of hostStorageName/,
  ],
  ['endpoints', MAIN, line('"mode": "serial"'), '', /one after another/],
  ['endpoints', MAIN, '"batchSize": 1', '"batchSize": 5', /one after another/],
  ['secrets', MAIN, '"[parameters(\'identityIssuer\')]"', '"[listKeys(1)]"', /a key is asked for/],
  ['secrets', MAIN, '"[parameters(\'mailSender\')]"', '"endpoint=https://a;accesskey=b"', /looks like a secret/],
  ['secrets', WORKFLOW, 'name: deploy', 'name: AccountKey=x', /deploy\.yml:\d+: this looks like a secret/],
  ['secrets', MAIN, /("pinPepper": \{\n *"type": )"securestring"/, '$1"string"', /pinPepper is secret and not marked/],
  [
    'secrets',
    MAIN,
    /("pinPepper": \{\n *"type": "securestring",\n *"defaultValue": )""/,
    '$1"x"',
    /pinPepper is secret and has a default/,
  ],
  ['secrets', MAIN, '"SERVICE_API_NAME"', '"webhookKey"', /the output webhookKey tells a secret/],
  ['secrets', GIVEN, '{PIN_PEPPER=}', '{PIN_PEPPER=hunter2}', /pinPepper has to come from outside/],
  [
    'vault',
    MAIN,
    /"DELIVERY_WEBHOOK_KEY": "[^"]*"/,
    '"DELIVERY_WEBHOOK_KEY": "x"',
    /DELIVERY_WEBHOOK_KEY is secret and no reference/,
  ],
  ['vault', MAIN, '"enablePurgeProtection": true', '"enablePurgeProtection": false', /enablePurgeProtection: true/],
  ['vault', MAIN, line('"enableRbacAuthorization": true'), '', /enableRbacAuthorization: true/],
  ['vault', MAIN, '"Microsoft.KeyVault/vaults"', '"Microsoft.KeyVault/hsms"', /there are 0 vaults/],
  ['queries', query('purges'), 'sweep.finished', 'sweep.ended', /knows no event sweep\.ended/],
  ['queries', query('purges'), 'e.purged', 'e.gone', /knows no field gone/],
  ['queries', query('purges'), 'AppTraces', 'AppTraceLines', /knows no table AppTraceLines/],
  ['queries', query('purges'), 'value =', 'sum =', /no column "value"/],
  ['queries', query('deadLetters'), 'e.event', 'e.kind', /asks for no event/],
  ['queries', query('sweepFailed'), "'sweepShard'", "'sweepPart'", /knows no function sweepPart/],
  ['queries', query('poison'), "'notifications-poison'", "'notices-poison'", /knows no queue notices-poison/],
  ['queries', query('poison'), "'notifications-poison', ", '', /nobody looks for notifications-poison/],
  ['queries', query('weakenedControls'), "'MuaDisabled'", "'GuardDisabled'", /knows no alert GuardDisabled/],
  ['queries', query('weakenedControls'), "'MuaDisabled'", "'VaultRestored'", /nobody looks for MuaDisabled/],
  ['queries', query('purges'), 'bin(', 'bin (', /purges\.kql: nobody is called/],
  ['queries', MAIN, "== 'pin.refused'", "=~ 'pin.refused'", /watch: no file has the query that begins AppTraces/],
  ['schedule', MAIN, '"defaultValue": "PT10M"', '"defaultValue": "PT30M"', /twice the schedule is 10 minutes/],
  ['schedule', MAIN, '"0 */5 * * * *"', '"0 0 * * * *"', /twice the schedule is 120 minutes/],
  ['emitted', query('purges'), 'sweep.finished', 'sweep.ended', /nothing in src tells of sweep\.ended/],
  [
    'versions',
    MAIN,
    /("type": "Microsoft.OperationalInsights\/workspaces",\n *"apiVersion": "[\d-]+)"/,
    '$1-preview"',
    /not a released version/,
  ],
  [
    'versions',
    MAIN,
    /("type": "Microsoft.Storage\/storageAccounts",\n *"apiVersion": )"2025-01-01"/,
    '$1"2015-01-01"',
    /has other versions elsewhere/,
  ],
  ['entra', ENTRA, 'GuardAdmin|', 'Guardian|', /the role GuardAdmin is in src\/core\/caller\.ts/],
  ['entra', ENTRA, 'GuardAdmin|', 'Guardian|', /the role Guardian is in entra\.sh/],
  ['webhook', MAIN, '/api/alerts/deliveryReports', '/alerts/deliveryReports', /has to end in \/api/],
  ['webhook', MAIN, '"x-reprieve-webhook-key"', '"x-key"', /has to bring x-reprieve-webhook-key/],
  ['webhook', MAIN, '"isSecret": true', '"isSecret": false', /as a secret/],
  ['webhook', MAIN, '"EventGridSchema"', '"CloudEventSchemaV1_0"', /own schema only/],
  ['pinned', WORKFLOW, /checkout@\w+/, 'checkout@v4', /actions\/checkout@v4 is not pinned/],
  ['pinned', '.github/workflows/codeql.yml', /init@(\w{39})\w/, 'init@$1', /is not pinned/],
  [
    'limits',
    'host.json',
    '"00:40:00"',
    '"00:30:00"',
    /a sweep may take 1800 s, and host\.json ends a function after 1800 s/,
  ],
  [
    'limits',
    'host.json',
    '  "functionTimeout": "00:40:00",\n',
    '',
    /nothing says: the longest that a function may run/,
  ],
  ['limits', MAIN, '"retentionInDays": 365', '"retentionInDays": 90', /logs are gone after 90 days/],
  ['limits', MAIN, '"bodyLimit": 262144', '"bodyLimit": 65536', /the host refuses bodies that the app would read/],
];

test.for(FAULTS)('%s: %s with %s for %o', ([rule, path, what, by, said], { expect: expected }) => {
  expected(of(rule, complaints(change(path, what, by))).join('\n')).toMatch(new RegExp(said, 'm'));
});

test('each rule was broken', () => {
  const rules: { readonly [R in RuleName]: true } = {
    described: true,
    given: true,
    kept: true,
    settings: true,
    flex: true,
    storage: true,
    accounts: true,
    roles: true,
    endpoints: true,
    secrets: true,
    vault: true,
    queries: true,
    schedule: true,
    versions: true,
    entra: true,
    webhook: true,
    emitted: true,
    pinned: true,
    limits: true,
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

test('a template that is not there passes nothing', () => {
  const without = new Map([...TEXTS].filter(([path]) => path !== MAIN));
  expect(of('settings', complaints(without)).length).toBeGreaterThan(20);
});
