/** The parts of a letter about one alert. */
import type { Alert } from '../core/alerts.ts';
import { kindOf } from '../core/alertTypes.ts';
import { billedDays, billingEndsAt } from '../core/retention.ts';
import { factTable, type Occasion, paragraph, type Section } from './blocks.ts';
import {
  counted,
  daysAndRest,
  endOf,
  fact,
  instantFact,
  isOver,
  isTrue,
  itemOf,
  keptDays,
  numberOf,
  openUntil,
  plain,
  shown,
  timeFact,
  vaultOf,
  yesNo,
} from './facts.ts';
import { calledOf } from './kinds.ts';

/** Where people reprotect the backups of a hybrid item. */
const CONSOLES: Readonly<Record<string, string>> = {
  MARS: 'in the MARS agent on the server',
  DPM: 'in the DPM console',
  MABS: 'in the MABS console',
};

function reprotect({ alert, now }: Occasion): readonly string[] {
  if (!isTrue(alert, 'hybrid')) return [];
  if (alert.item === null)
    return ['Some of them are backups of on-premises servers: reprotect those servers before the backups are purged.'];
  if (isOver(alert, now)) return [];
  const [kept, until] = [days(keptDays(alert)), openUntil(alert, now)];
  const where = CONSOLES[fact(alert, 'workload') ?? ''] ?? 'from its backup agent';
  return [
    `The deleted backups stay available${kept ? ` for ${kept}` : ''}${until ? `, until ${shown(until)}` : ''}; then they are purged.`,
    `To keep them, reprotect the server within the window: protect the same data source again ${where}, and the old recovery points come back.`,
  ];
}

export const action: Section = ({ alert }) => [{ kind: 'action', texts: [kindOf(alert.type).recommendedAction] }];

/** What to do while the backups can still be saved. */
export const rescue: Section = (occasion) =>
  isOver(occasion.alert, occasion.now)
    ? []
    : [{ kind: 'action', texts: [kindOf(occasion.alert.type).recommendedAction, ...reprotect(occasion)] }];

/** How the caller proved it. The proof itself is never shown. */
const PROOFS: Readonly<Record<string, string>> = { pin: 'yes, a security PIN', token: 'yes, at the sign-in' };

const secondFactor = (alert: Alert): string | undefined => {
  const given = yesNo(alert, 'secondFactor');
  return given === 'yes' ? (PROOFS[fact(alert, 'provedBy') ?? ''] ?? given) : given;
};

const approval = (alert: Alert): string | undefined => {
  const granter = fact(alert, 'grantedBy');
  if (granter) return `yes, by ${granter}`;
  return fact(alert, 'by') ? 'no' : undefined;
};

export const who: Section = ({ alert }) =>
  factTable('Who and when', [
    ['By', fact(alert, 'by')],
    ['Tenant', fact(alert, 'tenant')],
    ['Roles', fact(alert, 'roles')],
    ['Channel', fact(alert, 'channel')],
    ['Client address', fact(alert, 'clientAddress')],
    ['Time', shown(alert.firedAt)],
    ['Last time', timeFact(alert, 'lastAt')],
    ['Times', alert.count > 1 ? String(alert.count) : undefined],
    ['Second factor', secondFactor(alert)],
    ['Guard approval', approval(alert)],
    ['Reason given', fact(alert, 'reason')],
    ['Comment', fact(alert, 'comment')],
  ]);

const change = (before: string | undefined, after: string | undefined): string | undefined =>
  before && after ? `${before} → ${after}` : (after ?? before);

/** A retention is kept as JSON: {"daily":30} reads as daily 30. */
const setting = (alert: Alert, name: 'before' | 'after'): string | undefined =>
  fact(alert, name)?.replace(/^\{(.*)\}$/, (_, inside: string) =>
    inside.replace(/"/g, '').replace(/:/g, ' ').replace(/,/g, ', '),
  );

const changed = (alert: Alert): string | undefined => {
  const [before, after] = [setting(alert, 'before'), setting(alert, 'after')];
  return change(before, before ? (after ?? 'none') : after);
};

/** The id of a held purge ends in the token that releases it. Only people who sign in may see that. */
const withoutToken = (id: string): string => id.replace(/(~MassPurgeHeld~).*/s, '$1…');

export const what: Section = (occasion) => {
  const { alert, resourceGroup } = occasion;
  const called = calledOf(alert, occasion);
  // The table of the order says these.
  const ofOrder = fact(alert, 'order') !== undefined;
  return factTable('What it is about', [
    ['Vault', alert.vault === null ? fact(alert, 'vault') : vaultOf(alert)],
    ['Resource group', alert.vault === null ? undefined : (resourceGroup ?? undefined)],
    ['Item', alert.item === null ? fact(alert, 'item') : itemOf(alert)],
    ['Workload', called ? undefined : fact(alert, 'workload')],
    ['Kind', called?.title],
    ['Source', fact(alert, 'sourceId')],
    ['Server', fact(alert, 'server')],
    ['Policy', fact(alert, 'policy')],
    ['State', change(fact(alert, 'from'), fact(alert, 'to'))],
    ['Control', fact(alert, 'control')],
    ['Changed', changed(alert)],
    ['Holds from', timeFact(alert, 'effectiveAt')],
    ['Can be restored until', timeFact(alert, 'removeAt')],
    ['Vault', fact(alert, 'removedVault')],
    ['Requested by', fact(alert, 'requestedBy')],
    ['Pending change', fact(alert, 'change')],
    ['Operation', fact(alert, 'operation')],
    ['Guard', fact(alert, 'guard')],
    ['Grant', fact(alert, 'grant')],
    ['Granted to', alert.type === 'GuardRequested' ? undefined : fact(alert, 'grantee')],
    ['Asked for', alert.type === 'GuardRequested' ? fact(alert, 'grantee') : undefined],
    ['Approvals needed', fact(alert, 'quorum')],
    ['Granted until', timeFact(alert, 'expiresAt')],
    ['Refused with', ofOrder ? undefined : fact(alert, 'code')],
    ['Job', fact(alert, 'job')],
    ['Recipient', fact(alert, 'recipient')],
    ['Mail about', withoutToken(fact(alert, 'alert') ?? '')],
    ['Attempts', ofOrder ? undefined : fact(alert, 'attempts')],
    ['How many', fact(alert, 'count')],
  ]);
};

const days = (count: number | undefined): string | undefined =>
  count === undefined ? undefined : counted(count, 'day');

/** Left out in a mail about the deletion itself: there it is the caller. */
const deleter = (alert: Alert): string | undefined => {
  const name = fact(alert, 'deletedBy');
  return name === fact(alert, 'by') ? undefined : name;
};

const deletion = (alert: Alert) =>
  [
    ['Kept for', days(keptDays(alert))],
    ['Deleted', timeFact(alert, 'deletedAt')],
    ['Deleted by', deleter(alert)],
  ] as const;

export const keptUntil: Section = ({ alert, now }) => {
  const end = endOf(alert);
  return factTable('How long it is kept', [
    ...deletion(alert),
    ['Period over', instantFact(alert, 'notBefore') && timeFact(alert, 'purgeAt')],
    ['Purge', end && shown(end)],
    ['Days left', end && daysAndRest(end, now)],
  ]);
};

/** A purged item has no days left. */
export const wasKept: Section = ({ alert }) =>
  factTable('How long it was kept', [
    ...deletion(alert),
    ['Purge due', timeFact(alert, 'purgeAt')],
    ['Purged', timeFact(alert, 'purgedAt')],
  ]);

export const points: Section = (occasion) => {
  const { alert } = occasion;
  if (calledOf(alert, occasion)?.recoveryPoints === false) return [];
  return factTable('Recovery points', [
    ['Affected', fact(alert, 'points')],
    ['Oldest', timeFact(alert, 'oldestPoint')],
    ['Newest', timeFact(alert, 'newestPoint')],
  ]);
};

export const billing: Section = ({ alert }) => {
  const kept = keptDays(alert) ?? 0;
  const { chargeableDays, freeDays } = billedDays(kept);
  if (chargeableDays === 0) return [];
  const purgeAt = instantFact(alert, 'purgeAt');
  const until = purgeAt ? `, until ${shown(billingEndsAt(purgeAt))}` : '';
  return paragraph(
    `Billing: ${chargeableDays} of the ${kept} days are charged like any backup${until}. The last ${freeDays} cost nothing.`,
  );
};

const UNANNOUNCED = 'No reminder of this purge went out before it. The purge did not come early.';

/** What was really sent, whatever the vault asks for. */
export const reminded: Section = ({ reminded: times }) =>
  paragraph(times.length === 0 ? UNANNOUNCED : `A reminder of this purge went out on ${listed(times.map(shown))}.`);

/** What never lay in the trash was announced to nobody. */
export const remindedOfPurge: Section = (occasion) =>
  numberOf(occasion.alert, 'retentionDays') === 0 ? [] : reminded(occasion);

const listed = (all: readonly string[]): string =>
  all.length < 2 ? all.join() : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;

const TOO_LATE = 'The time to undelete it is over.';

export const tooLate: Section = ({ alert, now }) => {
  if (!isOver(alert, now)) return [];
  const executor = fact(alert, 'executor');
  return paragraph(
    executor
      ? `${TOO_LATE} Executor ${executor} is asked to destroy its data, or will be at any moment. As long as nothing was destroyed, that can be recalled.`
      : `${TOO_LATE} It has been purged, or will be at any moment.`,
  );
};

/** What this alert is called elsewhere. */
export const reference: Section = ({ alert }) =>
  factTable('Reference', [
    ['Alert id', plain(withoutToken(alert.id), 300)],
    ['Correlation id', fact(alert, 'requestId')],
  ]);
