import { SERVICE } from '../../core/hints.ts';
import { addMillis, HOUR_MS, type Instant } from '../../core/time.ts';
import type { Reads } from '../../ports.ts';
import { inParallel } from '../story/rounds.ts';

/** An answer under an Idempotency-Key holds for so long; then it is cleared away. */
const KEPT_MS = 24 * HOUR_MS;
/** Four times a day: an answer is gone within six hours of its end, and within twelve where a sweep died of it. */
const EVERY_MS = 6 * HOUR_MS;
const PAGE = 200;
const AT_ONCE = 8;

const quarterOf = (at: Instant): number => Math.floor(at.toMillis() / EVERY_MS);

/**
 * Clears lapsed answers away, in the first sweep of each quarter of a day: so it costs a request a vault then, and nothing at any other
 * time, and no call has to think of it. What there was no time for waits for the next quarter.
 */
export async function tidyAnswers(
  { vaults, registry }: Pick<Reads, 'vaults' | 'registry'>,
  lastSweep: Instant | undefined,
  now: Instant,
  outOfTime: () => boolean,
): Promise<void> {
  if (lastSweep === undefined || quarterOf(lastSweep) === quarterOf(now)) return;
  const before = addMillis(now, -KEPT_MS);
  await vaults.dropAnswers(SERVICE, before);
  for (let after: string | undefined; ; ) {
    const page = await registry.vaults({ after, limit: PAGE });
    await inParallel(
      page,
      async (vault) => {
        if (!outOfTime()) await vaults.dropAnswers(vault, before);
      },
      AT_ONCE,
    );
    after = page.at(-1);
    if (page.length < PAGE || outOfTime()) return;
  }
}
