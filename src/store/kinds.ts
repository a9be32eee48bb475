/** Kinds: rows of the service, one for each kind of your own and for each built-in one about which something was changed. */

import type { Change } from '../change.ts';
import { SERVICE } from '../core/hints.ts';
import { type Kinds, kindsOf } from '../core/knownKinds.ts';
import type { KindReads } from '../ports.ts';
import { keys } from './keys.ts';
import { linksIn } from './links.ts';
import { read } from './rows.ts';
import { type Cells, eachOf, held, type Op, pack, type Row, replacing, type Table } from './table.ts';

interface Known extends KindReads {
  /** Somebody has changed them. */
  forget(): void;
}

/** So long may a process go by what it has read. */
const KEPT_MS = 60_000;

/** `monotonic`: milliseconds on a clock that nobody sets. */
export function tableKinds(vaults: Table, registry: Table, monotonic: () => number = () => performance.now()): Known {
  let last: { readonly kinds: Promise<Kinds>; readonly at: number } | undefined;

  const fresh = (): Promise<Kinds> => {
    const kinds = vaults.range(SERVICE, { prefix: keys.kinds }).then(kindsIn);
    const mine = { kinds, at: monotonic() };
    last = mine;
    // What failed is read again by whoever asks next.
    kinds.catch(() => {
      if (last === mine) last = undefined;
    });
    return kinds;
  };

  return {
    known: () => (last && monotonic() - last.at < KEPT_MS ? last.kinds : fresh()),
    fresh,
    get: async (name) => held(read.kind)(await vaults.get(SERVICE, keys.kind(name))),
    uses: linksIn(registry, 'kind'),
    forget: () => {
      last = undefined;
    },
  };
}

function kindsIn(rows: readonly Row[]): Kinds {
  const gate = rows.find(({ key }) => key === keys.kindGate);
  const { found, unreadable } = eachOf(
    rows.filter((row) => row !== gate),
    keys.kinds,
    read.kind,
  );
  return kindsOf(found, unreadable, gate?.tag);
}

/** What a change writes of kinds: a kind, and that there is one more. */
export function kindOps({ kind, moreKinds }: Change): readonly Op[] {
  const gate = moreKinds?.gateTag;
  return [
    ...(kind ? [replacing(keys.kind(kind.now.name), pack(kind.now), kind.was)] : []),
    ...(moreKinds ? [replacing(keys.kindGate, GATE, gate === undefined ? undefined : { tag: gate })] : []),
  ];
}

/** It changes with each new kind, so that of two who make the last one that there may be only one can. */
const GATE: Cells = { v: 1 };
