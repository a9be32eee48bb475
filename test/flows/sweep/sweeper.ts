/** One instance of the sweep over any tables, with doors that a test can stand in. */
import { factIn } from '../../../src/core/alerts.ts';
import { type Instant, iso } from '../../../src/core/time.ts';
import { askedSweep } from '../../../src/flows/service/askedSweep.ts';
import { flowPorts } from '../../../src/flows/story/land.ts';
import type { SweepLimits } from '../../../src/flows/sweep/begin.ts';
import type { SweepReport } from '../../../src/flows/sweep/run.ts';
import { type SweepAsk, sweep } from '../../../src/flows/sweep/sweep.ts';
import type { Notice } from '../../../src/ports/alerts.ts';
import type { Ports } from '../../../src/ports.ts';
import { keys } from '../../../src/store/keys.ts';
import { NOON } from '../../support/builders.ts';
import { allDue } from '../../support/stores.ts';
import type { Tables } from '../../support/tables.ts';
import { aRequest, done, portsOver, type World } from '../../support/world.ts';

export interface Sweeper {
  readonly ports: World;
  /** What was sent to be told. */
  readonly notices: Notice[];
  /** With a token: as a person asks who has given a second factor. */
  sweep(now: Instant, ask?: Ask): Promise<SweepReport>;
}

interface Ask extends Omit<SweepAsk, 'now' | 'by'> {
  readonly acknowledgeBelt?: string | undefined;
}

/** A vault that names nobody has its operators told. */
export const OPERATORS = ['operator@example.com'];

const LIMITS: SweepLimits = { maxPurges: 1_000_000, budgetSeconds: 240 };

export function sweeperOver(tables: Tables, over: Partial<Ports> = {}, limits: Partial<SweepLimits> = {}): Sweeper {
  const notices: Notice[] = [];
  const told: Ports['notices'] = { send: async (notice) => void notices.push(notice) };
  const doors = { ...portsOver(tables), notices: told, operators: OPERATORS, ...over };
  const ports: World = { ...doors, ...flowPorts(doors) };
  return {
    ports,
    notices,
    sweep: async (now, { acknowledgeBelt, ...ask } = {}) => {
      const at = { ...ports, clock: { now: () => now } };
      const within = { ...LIMITS, ...limits };
      return acknowledgeBelt === undefined
        ? sweep(at, within, { ...ask, now })
        : done(askedSweep(at, within, aRequest(now), { ...ask, now, acknowledgeBelt }));
    },
  };
}

/** `PurgeComplete vm-0 1`, for every alert row of the vault. */
export async function alertsIn({ vaults }: Tables, vault: string): Promise<readonly string[]> {
  const rows = await vaults.range(vault.toLowerCase(), { prefix: keys.alert(vault, '') });
  const alerts = rows.map(({ key }) => {
    const [, item, type, generation] = factIn(key.split('!')[2] ?? '').split('~');
    return `${type} ${item} ${generation}`;
  });
  return alerts.toSorted();
}

/** What stands in the agenda: `kind item due`; but not when a vault is tidied. */
export async function hintsIn(tables: Tables): Promise<readonly string[]> {
  const far = NOON.plus({ years: 1000 });
  const due = await allDue(portsOver(tables), far);
  const others = due.filter(({ kind }) => kind !== 'tidy');
  return others.map(({ kind, item, due: at }) => `${kind} ${item} ${iso(at)}`).toSorted();
}
