/** Whether a call did what it is for, once, whatever went wrong on the way. */
import { expect } from 'vitest';
import type { Reply } from './doors.ts';
import { type Ground, pathOf, type Verb } from './ground.ts';
import type { Story } from './judge.ts';

export async function mustBeRight(ground: Ground, { right, works }: Verb, reply: Reply): Promise<void> {
  const { status, body } = await ground.door('GET', pathOf(ground.vault, right.path));
  expect({ status, body }, `GET ${right.path}`).toMatchObject(right.is);
  if (reply.status < 300) await works?.(ground, reply);
}

/** In the vaults of a verb: refusals that nobody deserved, and changes that are not told exactly once. */
export function wrongIn(
  { happened }: Pick<Story, 'happened'>,
  vaults: string,
  { once, before = 0 }: Verb,
): readonly string[] {
  const vault = new RegExp(`^${vaults}(?=/)`);
  const told = new Map<string, number>();
  const wrong: string[] = [];
  for (const [line, times] of happened) {
    const [of] = vault.exec(line) ?? [];
    if (of === undefined) continue;
    if (line.includes(' !')) wrong.push(line);
    told.set(of, (told.get(of) ?? 0) + (once?.test(line) ? times : 0));
  }
  if (once) for (const [of, times] of told) if (times !== 1 + before) wrong.push(`${of}: told ${times - before} times`);
  return wrong;
}
