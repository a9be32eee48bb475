/** Proves the invariants over a whole store: `npm run check:store -- --storage "<connection string>"`. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Evidence } from '../src/core/caller.ts';
import { type Instant, instantOf, parseInstant } from '../src/core/time.ts';
import { scheduleOf } from '../src/schedule.ts';
import { keyedSeals } from '../src/secrets.ts';
import { scanAccount } from './check/scan.ts';
import { scheduleIn, storageOf } from './check/storage.ts';
import { checkStore } from './check/store.ts';

const USAGE =
  'npm run check:store -- [--storage "<connection string>"] [--now 2026-03-01T12:00:00Z] [--heads FILE] [--schedule "0 */5 * * * *"]\n' +
  'With EVIDENCE_KEY in the environment the seals of histories are checked too. Each line `Evidence: <chain> <number> <hash>` of FILE must be in the store.\n' +
  'What a change leaves may stay for two turns of the sweep: of --schedule, or of SWEEP_SCHEDULE in the environment; where neither says it, for an hour.';

function refuse(why: string): never {
  process.stderr.write(`${why}\nUsage: ${USAGE}\n`);
  process.exit(2);
}

const TEXT = { type: 'string' } as const;

function given() {
  try {
    return parseArgs({ options: { storage: TEXT, now: TEXT, heads: TEXT, schedule: TEXT } }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : 'That is not how it is used.');
  }
}

const values = given();

/** Without the key nobody can tell whether a seal holds. */
function seals() {
  const key = process.env['EVIDENCE_KEY'];
  return key === undefined ? {} : { holds: keyedSeals(key.split(',')).holds };
}

/** The entries that a mail, a receipt or a log names. */
function heads(): readonly Evidence[] {
  if (values.heads === undefined) return [];
  const text = readFileSync(values.heads, 'utf8');
  return [...text.matchAll(/Evidence: (\S+) (\d+) ([0-9a-f]{64})/g)].map(([, chain = '', seq, hash = '']) => ({
    chain,
    seq: Number(seq),
    hash,
  }));
}

/** Two turns of it are what a change may leave. */
function nextSweep() {
  const schedule = scheduleIn(values.schedule, values.storage);
  if (schedule === undefined) return {};
  const next = scheduleOf(schedule) ?? refuse(`${schedule} is no schedule of the sweep.`);
  return { nextSweep: (after: Instant) => instantOf(next(after.toJSDate()).getTime()) };
}

const now =
  (values.now === undefined ? instantOf(Date.now()) : parseInstant(values.now)) ?? refuse('--now is not an instant.');

try {
  const { findings, counts } = await checkStore(scanAccount(storageOf(values.storage)), now, {
    ...seals(),
    ...nextSweep(),
    heads: heads(),
  });
  for (const { row, rule, message } of findings) process.stdout.write(`${rule} ${row}: ${message}\n`);
  const told = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  process.stdout.write(
    `${told.join(', ')}: ${findings.length === 0 ? 'all is well' : `${findings.length} findings`}\n`,
  );
  process.exitCode = findings.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`The store could not be read: ${error instanceof Error ? error.message : 'unknown'}\n`);
  process.exitCode = 2;
}
