import { field, literal, named } from './parse.ts';
import { difference, type Finding, type Rule, templateAt } from './world.ts';

const PLACE = 'app/dataStorage.bicep';

/** Tables and queues, and for each queue the one for what nobody could take. */
export const storage: Rule = (world) => {
  const template = templateAt(world, PLACE);
  const listed = (name: string): readonly string[] => {
    const list = template?.variables.get(name);
    return list ? named(list, 'string').map((one) => literal(one) ?? one.text) : [];
  };
  return [
    ...difference('the table', world.code.tables, listed('tables'), ['src/store/azure.ts', PLACE]),
    ...difference('the queue', world.code.queues, listed('queues'), ['src/functions.ts', PLACE]),
  ];
};

/** Text as it stands in Bicep. */
const LOCKED: { readonly [property: string]: string } = {
  allowSharedKeyAccess: 'false',
  allowBlobPublicAccess: 'false',
  supportsHttpsTrafficOnly: 'true',
  minimumTlsVersion: "'TLS1_2'",
};

/** No storage account has keys that work, public blobs, or old encryption. */
export const accounts: Rule = ({ templates }) =>
  templates.flatMap(({ path, resources }) =>
    resources
      .filter(({ type, existing }) => type === 'Microsoft.Storage/storageAccounts' && !existing)
      .flatMap(({ symbol, body }) =>
        Object.entries(LOCKED).flatMap(([property, wanted]): readonly Finding[] =>
          field(body, 'properties', property)?.text === wanted
            ? []
            : [`${path}: ${symbol} has to say ${property}: ${wanted}`],
        ),
      ),
  );
