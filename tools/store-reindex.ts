/** Has the rows of a vault that follow from its items written anew: `npm run store:reindex -- --vault contoso`. The sweeps do it. */
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { instantOf } from '../src/core/time.ts';
import { askToReindex } from '../src/flows/items/operations/reindex.ts';
import { landings } from '../src/flows/story/land.ts';
import { connect } from '../src/store/azure.ts';
import { tableStores } from '../src/store/stores.ts';
import { storageOf } from './check/storage.ts';

const USAGE = 'npm run store:reindex -- --vault <name> [--storage "<connection string>"]';

function refuse(why: string): never {
  process.stderr.write(`${why}\nUsage: ${USAGE}\n`);
  process.exit(2);
}

function given(): { readonly [name in 'storage' | 'vault']?: string | undefined } {
  try {
    return parseArgs({ options: { storage: { type: 'string' }, vault: { type: 'string' } } }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : 'That is not how it is used.');
  }
}

const { storage, vault = refuse('Which vault?') } = given();

/** To begin it leaves no entry in a history, and tells nobody. */
function never(): never {
  throw new Error('nothing is sealed or sent here');
}

try {
  // what cannot be folded here is folded by the next who reads that vault
  const stores = tableStores(connect(storageOf(storage)), never, () => {});
  const { land } = landings({ ...stores, notices: { send: never }, operators: [] });
  const asked = await askToReindex({ vaults: stores.vaults, land, newId: randomUUID }, vault, instantOf(Date.now()));
  if (asked.ok)
    process.stdout.write(`The next sweeps do it. How far it is: npx reprieve operation show --id ${asked.value}\n`);
  else process.stderr.write(`${asked.refusal.message}\n`);
  process.exitCode = asked.ok ? 0 : 1;
} catch (error) {
  process.stderr.write(`The store could not be changed: ${error instanceof Error ? error.message : 'unknown'}\n`);
  process.exitCode = 2;
}
