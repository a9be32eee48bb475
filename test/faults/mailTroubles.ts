/** What may go wrong at every step that an instance of the app takes: its storage, its queue, its mails, its own death. */
import type { Mailer, Notices } from '../../src/ports/alerts.ts';
import type { Table } from '../../src/store/table.ts';
import type { Tables } from '../support/tables.ts';
import type { Random } from './random.ts';

/** One process. When it is dead nothing that it began goes on: its promises never settle. */
export interface Life {
  readonly died: Promise<'died'>;
  isDead(): boolean;
  die(): void;
}

export function newLife(): Life {
  let dead = false;
  let tell = (_: 'died') => {};
  const died = new Promise<'died'>((resolve) => {
    tell = resolve;
  });
  return {
    died,
    isDead: () => dead,
    die: () => {
      dead = true;
      tell('died');
    },
  };
}

export interface Rates {
  readonly fault: number;
  readonly death: number;
}

export const CALM: Rates = { fault: 0, death: 0 };

const never = new Promise<never>(() => {});

type Fate = 'good' | 'failed' | 'lost' | 'dead before' | 'dead after';

function fateOf(random: Random, { fault, death }: Rates): Fate {
  const draw = random.next();
  if (draw < death) return random.chance(0.5) ? 'dead before' : 'dead after';
  if (draw < death + fault) return random.chance(0.5) ? 'failed' : 'lost';
  return 'good';
}

export function troublesOf(random: Random, rates: () => Rates, life: Life) {
  /** `lost`: what is said when it was done and nobody heard. */
  const step = async <T>(deed: () => Promise<T>, lost: () => T): Promise<T> => {
    if (life.isDead()) return never;
    const fate = fateOf(random, rates());
    if (fate === 'failed') throw new Error('the storage did not answer');
    if (fate === 'dead before') life.die();
    if (life.isDead()) return never;
    const done = await deed();
    if (fate === 'dead after') life.die();
    if (life.isDead()) return never;
    return fate === 'lost' ? lost() : done;
  };
  const fail = (): never => {
    throw new Error('the storage did not answer');
  };
  const table = (inner: Table): Table => ({
    get: (...given) => step(() => inner.get(...given), fail),
    range: (...given) => step(() => inner.range(...given), fail),
    across: (...given) => step(() => inner.across(...given), fail),
    remove: (...given) => step(() => inner.remove(...given), fail),
    // done, the answer lost, and repeated by the SDK: then it says that somebody else was first
    commit: (...given) =>
      step(
        () => inner.commit(...given),
        () => (random.chance(0.5) ? false : fail()),
      ),
  });
  return {
    tables: ({ vaults, agenda, registry }: Tables): Tables => ({
      vaults: table(vaults),
      agenda: table(agenda),
      registry: table(registry),
    }),
    notices: (inner: Notices): Notices => ({ send: (...given) => step(() => inner.send(...given), fail) }),
    /** Never throws: what goes wrong with the service itself is an answer of it. `lost`: accepted, and nobody heard. */
    mailer: (inner: Mailer, accepted: Set<string>, lost: (operationId: string) => void): Mailer => ({
      send: async (mail) => {
        if (life.isDead()) return never;
        const dies = random.chance(rates().death) ? random.pick(['before', 'after']) : undefined;
        if (dies === 'before') life.die();
        if (life.isDead()) return never;
        // sent again: whoever sent it first died before it could write that down, and what is answered now counts
        if (accepted.has(mail.operationId)) lost(mail.operationId);
        const sent = await inner.send(mail);
        if (sent.sent) accepted.add(mail.operationId);
        if (dies === 'after') life.die();
        if (life.isDead()) {
          lost(mail.operationId);
          return never;
        }
        if (!sent.sent && sent.code === 'ECONNRESET') lost(mail.operationId);
        return sent;
      },
    }),
  };
}
