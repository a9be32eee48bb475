/** The parts of the letters that tell many alerts at once: a mass deletion and a digest. */
import type { Alert } from '../core/alerts.ts';
import { kindOf, rankOf } from '../core/alertTypes.ts';
import { isName } from '../core/names.ts';
import type { Instant } from '../core/time.ts';
import { type Block, type Cells, commands, type Occasion, type Section } from './blocks.ts';
import {
  brief,
  counted,
  endOf,
  fact,
  isOver,
  itemOf,
  listOf,
  numberOf,
  openUntil,
  placeOf,
  timeLeft,
} from './facts.ts';
import { calledOf, calledTogether, countedOf } from './kinds.ts';
import { inPortal, named, undeleteCommand, undeleteRequest } from './offers.ts';

/** How many items or alerts the letter is about; 0 when the alert does not say. */
export const howMany = ({ alert, members }: Occasion): number =>
  Math.max(members.length, numberOf(alert, 'count') ?? 0);

/** `12 items`, or, where all are of one kind of your own, `12 Tenants`. */
export function itemsCounted(occasion: Occasion, count: number): string {
  const together = calledTogether(occasion);
  return together ? countedOf(count, together) : counted(count, 'item');
}

const table = (title: string, head: Cells, rows: readonly Cells[]): readonly Block[] =>
  rows.length > 0 ? [{ kind: 'table', title, head, rows }] : [];

/** What becomes of an item that never lay in the trash. */
export const withoutUndelete = (executor: string | undefined): string =>
  executor ? `executor ${executor} is asked to destroy it` : 'cannot be undeleted';

const untilPurge = (alert: Alert, now: Instant): string => {
  const purgeAt = endOf(alert);
  if (purgeAt) return `${brief(purgeAt)}, ${timeLeft(purgeAt, now)}`;
  return alert.type === 'BackupDataPermanentlyDeleted' ? withoutUndelete(fact(alert, 'executor')) : '';
};

/** "sql-01, undelete before …": a name holds no comma. */
const listedRow = (line: string): Cells => {
  const [name = '', ...rest] = line.split(', ');
  const outlook = rest.join(', ');
  return [name, outlook.replace(/(\d{4}-\d\d-\d\d)T([\d:]+)(\.\d+)?Z/, '$1 $2 UTC')];
};

/** Every item of a mass deletion: from the bundled alerts when we have them, else from the list in the alert itself. */
export const deleted: Section = (occasion) => {
  const { alert, members, now } = occasion;
  const listed = listOf(alert, 'items').map(listedRow);
  const title = (rows: readonly unknown[]) => `Deleted: ${itemsCounted(occasion, rows.length)}`;
  if (members.length === 0 || members.length < listed.length)
    return table(title(listed), ['Item', 'What becomes of it'], listed);
  const kindOfItem = (one: Alert) => calledOf(one, occasion)?.title ?? fact(one, 'workload') ?? '';
  const rows = members.map((one) => [itemOf(one), kindOfItem(one), untilPurge(one, now)]);
  return table(title(rows), ['Item', 'Workload', 'Undelete before (UTC)'], rows);
};

const isGone = (alert: Alert, now: Instant): boolean =>
  alert.type === 'BackupDataPermanentlyDeleted' || isOver(alert, now);

const nothingLeft = ({ alert, members, now }: Occasion): boolean => {
  if (members.length > 0) return members.every((one) => isGone(one, now));
  const lines = listOf(alert, 'items');
  return lines.length > 0 && lines.every((line) => !line.includes(', undelete before '));
};

/** The dry run comes first: the same caller may have deleted other items before, and on purpose. */
export const undeleteAll: Section = (occasion) => {
  const { vault } = occasion.alert;
  if (vault === null || !isName(vault) || nothingLeft(occasion)) return [];
  const deletedBy = fact(occasion.alert, 'by');
  const bulk = (body: object) => `POST /api/vaults/${vault}/undelete\n${JSON.stringify(body)}`;
  const title = 'To see what an undelete of all of them would do, then to do it';
  const one = { vault, item: '<item>' };
  return [
    ...(deletedBy ? commands(title, bulk({ deletedBy, dryRun: true }), bulk({ deletedBy })) : []),
    ...inPortal(occasion, `items?state=SoftDeleted&vault=${vault}`),
    ...commands('One at a time', undeleteCommand(one), undeleteRequest(one)),
  ];
};

const isResolved = ({ type, state }: Alert): boolean => state === 'Closed' || type === 'ItemUndeleted';

const isRescuable = ({ type, state }: Alert): boolean =>
  state !== 'Closed' && (type === 'DeleteBackupData' || type === 'UpcomingPurge');

const alertRow = (one: Alert, now: Instant): Cells => {
  const { severity, event } = kindOf(one.type);
  const purgeAt = isRescuable(one) ? endOf(one) : undefined;
  const subject = one.item === null ? 'the vault' : itemOf(one);
  return [subject, `${event} (${severity}${purgeAt ? `, ${timeLeft(purgeAt, now)}` : ''})`, brief(one.firedAt)];
};

/** Open alerts come first, because people have to look at those. */
export const digested: Section = ({ members, now }) => {
  const tableOf = (title: string, belongs: (one: Alert) => boolean) => {
    const rows = members.filter(belongs).map((one) => alertRow(one, now));
    return table(`${title}: ${rows.length}`, ['Item', 'Event', 'Time (UTC)'], rows);
  };
  return [...tableOf('Open', (one) => !isResolved(one)), ...tableOf('Resolved', isResolved)];
};

const byRank = (members: readonly Alert[]): readonly Alert[] =>
  members.toSorted((a, b) => rankOf(a.type) - rankOf(b.type) || a.firedAt.toMillis() - b.firedAt.toMillis());

/** A bundle for an address is as grave as the gravest alert that it tells. */
export function gravest({ alert, members }: Occasion) {
  const [first] = alert.type === 'Bundle' ? byRank(members) : [];
  return kindOf((first ?? alert).type).severity;
}

/** Every alert that the address got no mail of its own for, the gravest first: they may be of any vault. */
export const crowded: Section = ({ members, now }) => {
  const rows = byRank(members).map((one) => {
    const [, ...rest] = alertRow(one, now);
    return [placeOf(one) || 'the service', ...rest];
  });
  return table(`Alerts: ${rows.length}`, ['About', 'Event', 'Time (UTC)'], rows);
};

const MOST = 10;

/** For a digest: each item once, and not hundreds of lines that differ in a name. */
export const undeleteMembers: Section = ({ members, now }) => {
  const open = members.filter((one) => isRescuable(one) && openUntil(one, now)).flatMap((one) => named(one) ?? []);
  const lines = [...new Set(open.map(undeleteCommand))];
  const [first] = open;
  if (!first) return [];
  const rest = lines.length > MOST ? [`and ${lines.length - MOST} more in the same way`] : [];
  const request = undeleteRequest({ ...first, item: '<item>' });
  return commands('To undelete what can still be undeleted', ...lines.slice(0, MOST), ...rest, request);
};
