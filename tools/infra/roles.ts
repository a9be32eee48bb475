import { at, fieldsAt, listAt, parameterIn, spelled } from './template.ts';
import { type Finding, type Rule, resourcesOf, templateOf } from './world.ts';

interface Needed {
  readonly role: string;
  readonly id: string;
  /** The parameter that names the one resource on which it is given. */
  readonly on: string;
  readonly because: string;
  /** The service of that resource that a network has to lead to, where there is a network. */
  readonly service?: 'blob' | 'queue' | 'table' | 'vault';
}

const TABLES = { role: 'Storage Table Data Contributor', id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' } as const;

/**
 * Every role that the app's identity has. Another one, or one on more than a resource, is a finding. The host and the app use the
 * same identity, so what the host keeps for itself is here too: it has no queue of its own, because only triggers of blobs and
 * durable functions need one.
 */
export const NEEDED: readonly Needed[] = [
  {
    role: 'Storage Blob Data Owner',
    id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
    on: 'hostStorageName',
    service: 'blob',
    because:
      'the host keeps leases and the state of the timer in azure-webjobs-hosts, its keys in azure-webjobs-secrets, and the package',
  },
  {
    ...TABLES,
    on: 'hostStorageName',
    service: 'table',
    because: 'the host writes its diagnostic events into tables AzureFunctionsDiagnosticEvents…',
  },
  {
    role: 'Storage Queue Data Contributor',
    id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
    on: 'dataStorageName',
    service: 'queue',
    because: 'the app sends messages; the host takes them, and moves away what nobody could take',
  },
  { ...TABLES, on: 'dataStorageName', service: 'table', because: 'the app reads and writes rows' },
  {
    role: 'Key Vault Secrets User',
    id: '4633458b-17de-408a-b875-0445c86b69e6',
    on: 'vaultName',
    service: 'vault',
    because: 'the platform reads the secrets that settings refer to',
  },
  {
    role: 'Communication and Email Service Owner',
    id: '09976791-48a7-449e-bb21-39d1a415f350',
    on: 'communicationName',
    because: 'the app sends mails; there is no narrower role for that',
  },
  {
    role: 'Monitoring Metrics Publisher',
    id: '3913510d-42f4-4e42-8a64-420c390055eb',
    on: 'insightsName',
    because: 'telemetry is taken from nobody without a token',
  },
];

export const roles: Rule = (world) => {
  const assigned = resourcesOf(world, 'Microsoft.Authorization/roleAssignments').map(({ template, where, body }) => ({
    where,
    on: parameterIn(body['scope']),
    id: /'([\w-]{36})'\)\]$/.exec(spelled(template, at(body, 'properties', 'roleDefinitionId')))?.[1],
  }));
  const isNeeded = (one: { id: string | undefined; on: string | undefined }) =>
    NEEDED.some(({ id, on }) => id === one.id && on === one.on);
  return [
    ...assigned.filter((one) => !isNeeded(one)).map(unneeded),
    ...NEEDED.filter(({ id, on }) => !assigned.some((one) => one.id === id && one.on === on)).map(
      ({ role, on, because }) => `the role ${role} is not given on ${on}: ${because}`,
    ),
  ];
};

const unneeded = ({ where, on, id }: { where: string; on: string | undefined; id: string | undefined }): Finding =>
  on === undefined
    ? `${where}: a role without a scope is a role on the whole resource group`
    : `${where}: nobody needs the role ${id ?? 'that is not named'} on ${on}`;

/** In a network every service that a role opens has a private address, and they are made one after another. */
export const endpoints: Rule = (world) => {
  const { variables } = templateOf(world, 'network');
  const there = listAt(variables, 'endpoints').map(
    (one) => `${at(one, 'service')} of ${parameterIn(at(one, 'target')) ?? 'nothing'}`,
  );
  const wanted = NEEDED.flatMap(({ service, on }) => (service ? [`${service} of ${on}`] : []));
  const copies = resourcesOf(world, 'Microsoft.Network/privateEndpoints').map(({ body }) => fieldsAt(body, 'copy'));
  return [
    ...wanted.filter((one) => !there.includes(one)).map((one) => `network: no private endpoint leads to the ${one}`),
    ...there.filter((one) => !wanted.includes(one)).map((one) => `network: nobody needs an endpoint to the ${one}`),
    ...(copies.length > 0 && copies.every((copy) => copy['mode'] === 'serial' && copy['batchSize'] === 1)
      ? []
      : ['network: private endpoints have to be made one after another: an account refuses two at once']),
  ];
};
