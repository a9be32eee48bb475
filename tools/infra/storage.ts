import { at, fieldsAt, listAt } from './template.ts';
import { difference, type Finding, type Rule, resourcesOf, templateOf } from './world.ts';

const PLACE = 'dataStorage';

/** Tables and queues, and for each queue the one for what nobody could take. */
export const storage: Rule = (world) => {
  const { variables } = templateOf(world, PLACE);
  const listed = (name: string): readonly string[] => listAt(variables, name).map(String);
  return [
    ...difference('the table', world.code.tables, listed('tables'), ['src/store/azure.ts', PLACE]),
    ...difference('the queue', world.code.queues, listed('queues'), ['src/functions.ts', PLACE]),
  ];
};

const LOCKED = {
  allowSharedKeyAccess: false,
  allowBlobPublicAccess: false,
  supportsHttpsTrafficOnly: true,
  minimumTlsVersion: 'TLS1_2',
} as const;
const HOST = 'hostStorage';

/** No storage account has keys that work, public blobs, or old encryption. The host's lives as long as the one with the data. */
export const accounts: Rule = (world) => {
  const found = resourcesOf(world, 'Microsoft.Storage/storageAccounts');
  const { modules } = templateOf(world, 'main');
  const redundancy = (name: string) =>
    JSON.stringify(at(modules.find((one) => one.name === name)?.passed, 'redundancy', 'value'));
  return [
    ...found.flatMap(({ where, body }) =>
      Object.entries(LOCKED)
        .filter(([name, wanted]) => fieldsAt(body, 'properties')[name] !== wanted)
        .map(([name, wanted]): Finding => `${where}: the account has to say ${name}: ${wanted}`),
    ),
    ...found
      .filter(({ body }) => at(body, 'sku', 'name') !== "[parameters('redundancy')]")
      .map(({ where }) => `${where}: the account has a redundancy of its own`),
    ...(redundancy(HOST) === redundancy(PLACE) ? [] : [`main: ${HOST} has another redundancy than ${PLACE}`]),
  ];
};
