import type { Change, Raised } from '../../change.ts';
import { type Alert, isTold } from '../../core/alerts.ts';
import { purgeAt, reminders } from '../../core/lifecycle.ts';
import { iso } from '../../core/time.ts';
import { knownFrom, markOf, REMINDER, toldLines } from '../../core/told.ts';
import { entry } from '../story/request.ts';
import { inParallel } from '../story/rounds.ts';
import type { Turn } from './turn.ts';

type Marks = Pick<Change, 'putMarks' | 'stillInTrash' | 'entries'>;

export const isReminder = ({ type }: Pick<Alert, 'type'>): boolean => type === REMINDER;

/**
 * When the last reminder of a purge is told, the ledger's own transaction says so behind the item in the trash, and in its history. So a
 * sweep that reads what is due knows it, and asks nobody.
 */
export async function marksOf(turn: Pick<Turn, 'flow' | 'now'>, written: readonly Raised[]): Promise<Marks> {
  const settled = written.filter(({ was, now }) => isReminder(now) && isTold(now) && !(was && isTold(was.value)));
  const marks = (await inParallel(settled, ({ now }) => markFor(turn, now))).filter((one) => one !== undefined);
  if (marks.length === 0) return {};
  return {
    putMarks: marks.map(({ mark }) => mark),
    stillInTrash: marks.map(({ item }) => item),
    entries: marks.map((one) => one.entry),
  };
}

async function markFor({ flow, now }: Pick<Turn, 'flow' | 'now'>, told: Alert) {
  const { vault, item: name } = told;
  if (vault === null || name === null) return undefined;
  const head = await flow.vaults.head(vault, 'remembered');
  const item = (await flow.vaults.item(vault, name))?.value;
  if (!head || item?.state !== 'SoftDeleted' || item.generation !== told.generation) return undefined;
  const due = purgeAt(item, head.vault);
  if (told.facts['purgeAt'] !== iso(due)) return undefined;
  const about = await flow.alerts.about(vault, name);
  const raised = about.map(({ value }) => (value.id === told.id ? told : value));
  const mark = markOf(item, due, knownFrom(raised, item, due, reminders(item, head.vault).at(-1) ?? 0));
  const facts = { purgeAt: iso(due), generation: item.generation, told: toldLines(raised, item, due) };
  return mark && { mark, item, entry: entry({ now }, item.name, { operation: 'Told', from: item, to: item, facts }) };
}
