import { kindOf } from '../core/alerts.ts';
import { billedDays, billingEndsAt } from '../core/retention.ts';
import { facts, paragraph } from './blocks.ts';
import { fact, instantFact, isTrue, itemOf, keptDays, shown, timeFact, vaultOf, yesNo } from './known.ts';
import { counted, daysAndRest, isOver, openUntil } from './left.ts';
import type { Occasion, Section } from './occasion.ts';
import { plain } from './plain.ts';

/** Where the backups of a hybrid item are reprotected. */
const CONSOLES: Readonly<Record<string, string>> = {
  MARS: 'in the MARS agent on the server',
  DPM: 'in the DPM console',
  MABS: 'in the MABS console',
};

function reprotect({ alert, now }: Occasion): readonly string[] {
  if (!isTrue(alert, 'hybrid')) return [];
  if (alert.item === null)
    return ['Some of them are backups from on premises: reprotect those servers within the window.'];
  if (isOver(alert, now)) return [];
  const [kept, until] = [days(keptDays(alert)), openUntil(alert, now)];
  const where = CONSOLES[fact(alert, 'workload') ?? ''] ?? 'from its backup agent';
  return [
    `The deleted backups stay available${kept ? ` for ${kept}` : ''}${until ? `, until ${shown(until)}` : ''}; then they are gone for good.`,
    `To keep them, reprotect the server within the window: protect the same data source again ${where}, and the old recovery points come back.`,
  ];
}

export const action: Section = ({ alert }) => [{ kind: 'action', texts: [kindOf(alert.type).recommendedAction] }];

/** For what can still be saved. */
export const rescue: Section = (occasion) => [
  { kind: 'action', texts: [kindOf(occasion.alert.type).recommendedAction, ...reprotect(occasion)] },
];

/** How it was proved; the proof itself is nobody's business. */
const PROOFS: Readonly<Record<string, string>> = { pin: 'yes, a security PIN', token: 'yes, at the sign-in' };

const secondFactor = (alert: Occasion['alert']): string | undefined => {
  const given = yesNo(alert, 'secondFactor');
  return given === 'yes' ? (PROOFS[fact(alert, 'provedBy') ?? ''] ?? given) : given;
};

const approval = (alert: Occasion['alert']): string | undefined => {
  const granter = fact(alert, 'grantedBy');
  if (granter) return `yes, by ${granter}`;
  return fact(alert, 'by') ? 'no' : undefined;
};

export const who: Section = ({ alert }) =>
  facts('Who and when', [
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
const setting = (alert: Occasion['alert'], name: 'before' | 'after'): string | undefined =>
  fact(alert, name)?.replace(/^\{(.*)\}$/, (_, inside: string) =>
    inside.replace(/"/g, '').replace(/:/g, ' ').replace(/,/g, ', '),
  );

/** The id of a held purge ends in the token that releases it: that is told to those who sign in. */
const withoutToken = (id: string): string => id.replace(/(~MassPurgeHeld~).*/s, '$1…');

const changed = (alert: Occasion['alert']): string | undefined => {
  const [before, after] = [setting(alert, 'before'), setting(alert, 'after')];
  return change(before, before ? (after ?? 'none') : after);
};

export const what: Section = ({ alert, resourceGroup }) =>
  facts('What it is about', [
    ['Vault', alert.vault === null ? undefined : vaultOf(alert)],
    ['Resource group', alert.vault === null ? undefined : (resourceGroup ?? undefined)],
    ['Item', alert.item === null ? fact(alert, 'item') : itemOf(alert)],
    ['Workload', fact(alert, 'workload')],
    ['Source', fact(alert, 'sourceId')],
    ['Server', fact(alert, 'server')],
    ['Policy', fact(alert, 'policy')],
    ['State', change(fact(alert, 'from'), fact(alert, 'to'))],
    ['Changed', changed(alert)],
    ['Operation', fact(alert, 'operation')],
    ['Guard', fact(alert, 'guard')],
    ['Granted to', fact(alert, 'grantee')],
    ['Granted until', timeFact(alert, 'expiresAt')],
    ['Refused with', fact(alert, 'code')],
    ['Job', fact(alert, 'job')],
    ['Recipient', fact(alert, 'recipient')],
    ['Mail about', withoutToken(fact(alert, 'alert') ?? '')],
    ['Attempts', fact(alert, 'attempts')],
    ['How many', fact(alert, 'count')],
  ]);

const days = (count: number | undefined): string | undefined =>
  count === undefined ? undefined : counted(count, 'day');

/** Named once: in a mail about the deletion it is whoever did it. */
const deleter = (alert: Occasion['alert']): string | undefined => {
  const name = fact(alert, 'deletedBy');
  return name === fact(alert, 'by') ? undefined : name;
};

export const windowOf: Section = ({ alert, now }) => {
  const purgeAt = instantFact(alert, 'purgeAt');
  return facts('How long it is kept', [
    ['Kept for', days(keptDays(alert))],
    ['Deleted', timeFact(alert, 'deletedAt')],
    ['Deleted by', deleter(alert)],
    ['Purge', purgeAt && shown(purgeAt)],
    ['Days left', purgeAt && daysAndRest(purgeAt, now)],
  ]);
};

/** Of what is gone no days are left. */
export const gone: Section = ({ alert }) =>
  facts('How long it was kept', [
    ['Kept for', days(keptDays(alert))],
    ['Deleted', timeFact(alert, 'deletedAt')],
    ['Deleted by', deleter(alert)],
    ['Purge due', timeFact(alert, 'purgeAt')],
    ['Purged', timeFact(alert, 'purgedAt')],
  ]);

export const points: Section = ({ alert }) =>
  facts('Recovery points', [
    ['Affected', fact(alert, 'points')],
    ['Oldest', timeFact(alert, 'oldestPoint')],
    ['Newest', timeFact(alert, 'newestPoint')],
  ]);

export const billing: Section = ({ alert }) => {
  const kept = keptDays(alert) ?? 0;
  const { chargeableDays, freeDays } = billedDays(kept);
  if (chargeableDays === 0) return [];
  const purgeAt = instantFact(alert, 'purgeAt');
  const until = purgeAt ? `, until ${shown(billingEndsAt(purgeAt))}` : '';
  const text = `Billing: ${chargeableDays} of the ${kept} days are charged like any backup${until}. The last ${freeDays} cost nothing.`;
  return [paragraph(text)];
};

export const missed: Section = ({ warned }) =>
  warned
    ? []
    : [
        paragraph(
          'The warning that goes out two days before a purge was missed: no mail announced this one. The purge itself was not early.',
        ),
      ];

export const mayBeLost: Section = ({ alert, now }) =>
  isOver(alert, now)
    ? [paragraph('The time to undelete it is over: it has been purged, or will be at any moment.')]
    : [];

/** What this alert is called elsewhere. */
export const reference: Section = ({ alert }) =>
  facts('Reference', [
    ['Alert id', plain(withoutToken(alert.id), 300)],
    ['Correlation id', fact(alert, 'requestId')],
  ]);
