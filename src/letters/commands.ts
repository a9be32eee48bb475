import type { Alert } from '../core/alerts.ts';
import { isName } from '../core/names.ts';
import type { Instant } from '../core/time.ts';
import type { Block } from './blocks.ts';
import { fact, isTrue, listOf } from './known.ts';
import { isOver, openUntil } from './left.ts';
import type { Occasion, Section } from './occasion.ts';

/** Neither does anything by itself: both ask who you are. Names that could be more than names make no command. */
const cli = (vault: string, item: string): string => `npx reprieve items undelete --vault ${vault} --item ${item}`;

const commands = (title: string, ...lines: readonly string[]): readonly Block[] => [{ kind: 'commands', title, lines }];

interface Named {
  readonly vault: string;
  readonly item: string;
}

const named = ({ vault, item }: Alert): Named | undefined =>
  vault !== null && item !== null && isName(vault) && isName(item) ? { vault, item } : undefined;

const path = ({ vault, item }: Named): string => `/api/vaults/${vault}/items/${item}`;

/** What is deleted and can come back. Without a date it is offered all the same: the service says no if it is too late. */
export const undelete: Section = ({ alert, now }) => {
  const one = named(alert);
  if (!one || isOver(alert, now)) return [];
  const title = isTrue(alert, 'hybrid') ? 'Or undelete it without the agent' : 'To undelete it';
  return commands(title, cli(one.vault, one.item), `POST ${path(one)}/undelete`);
};

export const explain: Section = ({ alert }) => {
  const one = named(alert);
  return one ? commands('Why it is not purged', `GET ${path(one)}/explain`) : [];
};

export const resume: Section = ({ alert }) => {
  const one = named(alert);
  return one ? commands('To back it up again', `POST ${path(one)}/resume\n{"policy": "<policy>"}`) : [];
};

export const drySweep: Section = () =>
  commands('To see what is due, and the token', 'POST /api/sweeps\n{"dryRun": true}');

const FINAL = /, gone for good$/;

const isGone = (alert: Alert, now: Instant): boolean =>
  alert.type === 'BackupDataPermanentlyDeleted' || isOver(alert, now);

const nothingLeft = ({ alert, members, now }: Occasion): boolean => {
  const lines = listOf(alert, 'items');
  if (members.length > 0) return members.every((one) => isGone(one, now));
  return lines.length > 0 && lines.every((line) => FINAL.test(line));
};

/** A dry run first: the caller may have deleted before, and meant it. */
export const undeleteAll: Section = (occasion) => {
  const { vault } = occasion.alert;
  if (vault === null || !isName(vault) || nothingLeft(occasion)) return [];
  const deletedBy = fact(occasion.alert, 'by');
  const bulk = (body: object) => `POST /api/vaults/${vault}/undelete\n${JSON.stringify(body)}`;
  const title = 'To see what an undelete of all of them would do, then to do it';
  return [
    ...(deletedBy ? commands(title, bulk({ deletedBy, dryRun: true }), bulk({ deletedBy })) : []),
    ...commands('One at a time', cli(vault, '<item>'), `POST /api/vaults/${vault}/items/<item>/undelete`),
  ];
};

const RESCUABLE: readonly Alert['type'][] = ['DeleteBackupData', 'UpcomingPurge'];

export const isRescuable = (alert: Alert): boolean => alert.state !== 'Closed' && RESCUABLE.includes(alert.type);

const MOST = 10;

/** For a digest: each item once, and not hundreds of lines that differ in a name. */
export const undeleteMembers: Section = ({ members, now }) => {
  const open = members.filter((one) => isRescuable(one) && openUntil(one, now)).map(named);
  const lines = [...new Set(open.flatMap((one) => (one ? [cli(one.vault, one.item)] : [])))];
  const [first] = open.filter((one) => one !== undefined);
  if (!first) return [];
  const rest = lines.length > MOST ? [`and ${lines.length - MOST} more in the same way`] : [];
  const http = `POST /api/vaults/${first.vault}/items/<item>/undelete`;
  return commands('To undelete what can still be undeleted', ...lines.slice(0, MOST), ...rest, http);
};
