import { type Alert, kindOf } from '../core/alerts.ts';
import type { Block, Cells } from './blocks.ts';
import { isRescuable } from './commands.ts';
import { brief, fact, instantFact, itemOf, listOf } from './known.ts';
import { counted, left } from './left.ts';
import type { Occasion, Section } from './occasion.ts';

const table = (title: string, head: Cells, rows: readonly Cells[]): readonly Block[] =>
  rows.length > 0 ? [{ kind: 'table', title, head, rows }] : [];

const untilPurge = (alert: Alert, now: Occasion['now']): string => {
  const purgeAt = instantFact(alert, 'purgeAt');
  if (purgeAt) return `${brief(purgeAt)}, ${left(purgeAt, now)}`;
  return alert.type === 'BackupDataPermanentlyDeleted' ? 'gone for good' : '';
};

const toldRow = ({ members, now }: Occasion): readonly Cells[] =>
  members.map((one) => [itemOf(one), fact(one, 'workload') ?? '', untilPurge(one, now)]);

/** "sql-01, undelete before …": a name holds no comma. */
const listedRow = (line: string): Cells => {
  const [name = '', ...rest] = line.split(', ');
  const fate = rest
    .join(', ')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, (time) => time.replace('T', ' ').replace(/(\.\d+)?Z/, ' UTC'));
  return [name, fate];
};

/** Every item of a mass deletion, from the alerts where they are at hand, else from what the alert lists. */
export const deleted: Section = (occasion) => {
  const { alert, members } = occasion;
  const count = (rows: readonly Cells[]) => `Deleted: ${counted(rows.length, 'item')}`;
  const [told, listed] = [toldRow(occasion), listOf(alert, 'items').map(listedRow)];
  if (members.length > 0 && members.length >= listed.length)
    return table(count(told), ['Item', 'Workload', 'Undelete before (UTC)'], told);
  return table(count(listed), ['Item', 'What becomes of it'], listed);
};

const isResolved = ({ type, state }: Alert): boolean => state === 'Closed' || type === 'ItemUndeleted';

const alertRow = (one: Alert, now: Occasion['now']): Cells => {
  const { severity, event } = kindOf(one.type);
  const purgeAt = isRescuable(one) ? instantFact(one, 'purgeAt') : undefined;
  const subject = one.item === null ? 'the vault' : itemOf(one);
  return [subject, `${event} (${severity}${purgeAt ? `, ${left(purgeAt, now)}` : ''})`, brief(one.firedAt)];
};

/** What is open first: that is what somebody has to look at. */
export const digested: Section = ({ members, now }) => {
  const head = ['Item', 'Event', 'Time (UTC)'];
  const [open, resolved] = [members.filter((one) => !isResolved(one)), members.filter(isResolved)];
  return [
    ...table(
      `Open: ${open.length}`,
      head,
      open.map((one) => alertRow(one, now)),
    ),
    ...table(
      `Resolved: ${resolved.length}`,
      head,
      resolved.map((one) => alertRow(one, now)),
    ),
  ];
};
