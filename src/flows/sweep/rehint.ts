import { isYoung } from '../../core/sweep.ts';
import { begin } from '../story/begin.ts';
import type { Plan, Read, TaskOf } from './plans.ts';

/** The version before left the whole walk to the sweep that comes next. A young hint stays: its change may still be on its way. */
export function rehint({ policy }: TaskOf<'rehint'>, { head, hint, id, now }: Read): Plan {
  if (isYoung(hint, now)) return { hint: 'stays' };
  const operations = [begin(head, { kind: 'RehintPolicy', subject: policy, total: null }, { id, now })];
  return {
    landing: { now, head, write: { vault: head.vault.name, id, fence: head.fence, operations } },
    hint: 'struck',
  };
}
