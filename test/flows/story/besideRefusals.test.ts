/** Sixteen clients are refused without pause about one item; one undelete of it gets through, and every refusal is in the history. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Table } from '../../../src/store/table.ts';
import { appOver } from '../../support/app.ts';
import { memoryTables } from '../../support/tables.ts';
import { portsOver } from '../../support/world.ts';
import { furnished, VAULT } from '../sweep/furnish.ts';

const CLIENTS = 16;
const EACH = 100;
/** What the undelete may ask of storage, whatever is refused beside it. */
const MOST = 12;

const asking = new AsyncLocalStorage<{ requests: number }>();

/** Every request takes a turn of the loop, and is counted for whoever asks. */
const counted = (table: Table): Table => {
  const over =
    <A extends readonly unknown[], R>(work: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      const who = asking.getStore();
      if (who) who.requests += 1;
      await turn();
      return work(...given);
    };
  return {
    get: over(table.get.bind(table)),
    range: over(table.range.bind(table)),
    across: over(table.across.bind(table)),
    commit: over(table.commit.bind(table)),
    remove: over(table.remove.bind(table)),
  };
};

test(`${CLIENTS * EACH} refusals beside one undelete`, async () => {
  const tables = memoryTables();
  await furnished(['vm'], tables);
  const { vaults, agenda, registry } = tables;
  const app = appOver(portsOver({ vaults: counted(vaults), agenda: counted(agenda), registry: counted(registry) }));
  let refused = 0;
  let isBack = false;
  const client = async () => {
    for (let time = 0; time < EACH; time += 1) {
      const { status } = await app('putRecoveryPoint', `${VAULT}/vm/p`, {
        body: { createdAt: '2026-01-01T00:00:00Z', rung: 'daily' },
      });
      if (status === 409) refused += 1;
    }
  };
  const undelete = async () => {
    while (refused < CLIENTS * 10) await turn();
    const mine = { requests: 0 };
    const { status } = await asking.run(mine, () => app('undeleteItem', `${VAULT}/vm`));
    isBack = status === 200;
    return mine.requests;
  };
  const [requests] = await Promise.all([undelete(), ...Array.from({ length: CLIENTS }, client)]);
  expect([isBack, requests <= MOST, refused]).toEqual([true, true, CLIENTS * EACH]);
  const entries = await vaults.range(VAULT, { prefix: `${VAULT}!audit!vm!!` });
  const answered = entries.filter(({ cells }) => JSON.stringify(cells).includes('Refused'));
  expect(answered.length).toBeGreaterThanOrEqual(refused);
});
