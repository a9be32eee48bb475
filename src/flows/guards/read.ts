import type { Guard } from '../../core/guards.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import type { Ports } from '../../ports.ts';
import { noGuard } from '../guards.ts';

export async function readGuard({ guards }: Pick<Ports, 'guards'>, name: string): Promise<Outcome<Guard>> {
  const held = await guards.get(name);
  return held ? ok(held.value) : noGuard(name);
}
