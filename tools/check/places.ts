/** Which rows may lie where: in a vault, deleted ones among them, beside those of the service, and where no vault is. */
import { inEndKey, keys, kindIn, type RowKind } from '../../src/store/keys.ts';
import type { Row } from '../../src/store/table.ts';
import type { Tell } from './terms.ts';

/** `named`: the directory lists a vault that is not there. Whoever was about to make it may have given up. */
export type Home = 'vault' | 'service' | 'named' | 'nowhere';

const VAULT = ['vault'] as const;
const SERVICE = ['service'] as const;
const BOTH = ['vault', 'service'] as const;
/** What happened stays; and who asks for what is not there is answered the same when the call comes again. */
const ANYWHERE = ['vault', 'service', 'named', 'nowhere'] as const;

const HOMES: { readonly [K in RowKind]: readonly Home[] } = {
  ...{ head: VAULT, by: VAULT, item: VAULT, page: VAULT, server: VAULT, job: VAULT, pin: VAULT },
  ...{ ordered: VAULT, order: VAULT, counted: VAULT, result: VAULT },
  ...{ guard: SERVICE, kind: SERVICE, executor: SERVICE, settings: SERVICE, control: SERVICE, swept: SERVICE },
  // Grants of before lie in their vault.
  ...{ alert: BOTH, wait: BOTH, end: BOTH, grant: BOTH, spent: BOTH, op: BOTH },
  // A vault that is not there yet notes that it is about to name an executor.
  link: [...BOTH, 'named'],
  ...{ audit: ANYWHERE, idem: ANYWHERE },
};

const WRONG: Readonly<Record<Home, string>> = {
  vault: 'a row of the service in a vault',
  service: 'a row of a vault among those of the service',
  named: 'a row of a vault that is not there',
  nowhere: 'a row of a vault that is not there',
};

const isKnown = (kind: string): kind is RowKind => Object.hasOwn(HOMES, kind);
const OF_HEAD: readonly string[] = [
  ...['settings', 'fence', 'gate', 'grave', 'removing', 'kind', 'policy', 'tally', 'running', 'trash'],
];

/** Beside whole kinds: what is left of an earlier vault, and when a kept answer is over. */
const isLeft = (vault: string, key: string): boolean =>
  key === keys.grave(vault) || (kindIn(key) === 'end' && kindIn(inEndKey(key).own ?? '') === 'idem');

/** Answers those that lie where they may. */
export function checkPlaces(vault: string, rows: readonly Row[], home: Home, tell: Tell): readonly Row[] {
  return rows.filter(({ key }) => {
    const [first, kind = '', what = ''] = key.split('!');
    if (first !== vault || !isKnown(kind) || (kind === 'head' && !OF_HEAD.includes(what))) {
      tell(key, 'I5', 'nobody knows what this row is');
      return false;
    }
    const isAtHome = HOMES[kind].includes(home) || (home !== 'service' && isLeft(vault, key));
    if (!isAtHome) tell(key, 'I5', WRONG[home]);
    return isAtHome;
  });
}
