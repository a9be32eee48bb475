import type { Guard } from '../../core/guards.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import type { Reads } from '../../ports.ts';
import { noGuard } from '../story/nouns.ts';

export async function readGuard({ guards }: Pick<Reads, 'guards'>, name: string): Promise<Outcome<Guard>> {
  const held = await guards.get(name);
  return held ? ok(held.value) : noGuard(name);
}
