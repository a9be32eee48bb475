/** A word that a process dies of, or that storage answers to nobody, over tables in memory. */
import { FULL } from '../support/full.ts';
import { type MortalService, mortalService, newStore } from '../support/mortal.ts';
import type { Person } from '../support/secured.ts';
import { type Act, type Ground, pathOf, type Verb } from './ground.ts';

const HURTS = {
  'the process dies': (service: MortalService, request: number) => service.dieAt(request),
  'an answer is lost': (service: MortalService, request: number) => service.repeatAt(request),
} as const;
export type Hurt = (typeof HURTS)[keyof typeof HURTS];
export const ALL_HURTS = Object.entries(HURTS);

/** The bounded form tries every second request. */
const STEP = FULL ? 1 : 2;

export const groundOf = (service: MortalService, vault: string): Ground => ({
  door: service.door(undefined),
  as: (who: Person) => service.door(who),
  tables: service.tables,
  vault,
});

const send = ({ door, as, vault }: Ground, { method, path, body, key, ifMatch, who }: Act) =>
  (who ? as(who) : door)(method, pathOf(vault, path), {
    ...(body ? { body } : {}),
    headers: { ...(key ? { 'idempotency-key': `once-${vault}` } : {}), ...(ifMatch ? { 'if-match': ifMatch } : {}) },
  });

/** What was hurt, in a vault of its own: the store that is left, and the process that is dead. */
export interface Left {
  readonly store: ReturnType<typeof newStore>;
  readonly service: MortalService;
  readonly vault: string;
}

/** Hurts the verb at each of its requests, and lets `after` say what is wrong then. */
export async function wrongAfter(
  verb: Verb,
  hurt: Hurt,
  after: (left: Left) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (let request = 0; ; request += STEP) {
    const store = newStore();
    const service = mortalService(store);
    const vault = `request-${request}`;
    const ground = groundOf(service, vault);
    const act = await verb.arrange(ground);
    hurt(service, request);
    await send(ground, act).catch(() => undefined);
    const made = await service.counted();
    await service.die();
    const found = await after({ store, service, vault });
    wrong.push(...found.map((what) => `request ${request} of ${made}: ${what}`));
    if (made <= request) return wrong;
  }
}
