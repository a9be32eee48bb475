import { TableClient } from '@azure/data-tables';
import { instantOf } from '../../src/core/time.ts';
import { scanAccount } from '../../tools/check/scan.ts';
import { checkStore } from '../../tools/check/store.ts';
import { type Attack, type Json, MALLORY_WITH_MFA, OPERATIONS } from './stage.ts';

export const rewrittenHistory: Attack = {
  title: 'The rewritten history',
  story: `Somebody who can write to the storage account deletes backups, and then writes another name into the line of the history. The
service serves it as the truth, and its own check of the store says that all is well.`,
  async play({ ask, claim, hears, service, ...stage }) {
    const { name, path, owner } = await stage.vault();
    await stage.item(path, 'sql-01');
    await ask(MALLORY_WITH_MFA, 'POST', `${path}/items/sql-01/stop`, { mode: 'delete', confirmName: 'sql-01' });
    const before = (await ask(OPERATIONS, 'GET', `${path}/items/sql-01/history`)).body;
    const client = TableClient.fromConnectionString(service.storage, 'vaults', { allowInsecureConnection: true });
    const rows = client.listEntities<Record<string, string>>({ queryOptions: { filter: `PartitionKey eq '${name}'` } });
    for await (const row of rows)
      if (row.rowKey?.includes('!audit!sql-01!') && row['doc0']?.includes('StopDelete'))
        await client.updateEntity(
          {
            partitionKey: name,
            rowKey: row.rowKey,
            doc0: row['doc0'].replaceAll('"mallory"', '"olivia"'),
          },
          'Merge',
        );
    const after = (await ask(OPERATIONS, 'GET', `${path}/items/sql-01/history`)).body;
    claim('the history held before', before['intact'] === true && !names(before, 'olivia', 'StopDelete'));
    claim('the service says that it does not hold any more', after['intact'] === false);
    claim('it names the entry', Array.isArray(after['broken']) && after['broken'].length > 0);
    claim('the owners are told', await hears(owner, /History does not hold/));
    const { findings } = await checkStore(scanAccount(service.storage), instantOf(await stage.now()));
    claim(
      'the check of the store finds it',
      findings.some(({ rule, row }) => rule === 'I6' && row.includes(name)),
    );
  },
};

const names = (history: Json, who: string, what: string): boolean =>
  ((history['value'] ?? []) as readonly Json[]).some(
    ({ caller, operation }) => operation === what && (caller as { readonly oid: string }).oid === who,
  );
