/** What letters call things of your own kinds. For built-in workloads every word stays as it is. */
import type { Alert } from '../core/alerts.ts';
import type { AlertType } from '../core/alertTypes.ts';
import { keyOf } from '../core/names.ts';
import type { Called, Occasion } from './blocks.ts';
import { fact, itemOf, plain } from './facts.ts';

const MOST = 60;

export function calledOf(alert: Alert, { called }: Pick<Occasion, 'called'>): Called | undefined {
  const known = called?.get(keyOf(fact(alert, 'workload') ?? ''));
  return known && { ...known, title: plain(known.title, MOST), plural: plain(known.plural, MOST) };
}

/** How all items of a bundle are called, where they are all of one kind. */
export function calledTogether(occasion: Occasion): Called | undefined {
  const [first, ...others] = occasion.members.map((one) => fact(one, 'workload'));
  const [member] = occasion.members;
  return member && others.every((other) => other === first) ? calledOf(member, occasion) : undefined;
}

/** `Tenant acme`, or the name alone. */
export function itemIn(occasion: Occasion): string {
  const { alert } = occasion;
  const called = calledOf(alert, occasion);
  return called && alert.item !== null ? `${called.title} ${itemOf(alert)}` : itemOf(alert);
}

/** `12 Tenants` */
export const countedOf = (count: number, { title, plural }: Called): string =>
  `${count} ${count === 1 ? title : plural}`;

/** What happened to a thing of your own kind, which is no backup of anything. `it`: `Tenant acme`. */
const EVENTS: { readonly [T in AlertType]?: (it: string) => string } = {
  DeleteBackupData: (it) => `${it} deleted`,
  BackupDataPermanentlyDeleted: (it) => `${it} permanently deleted`,
  UpcomingPurge: (it) => `${it} about to be purged`,
  PurgeComplete: (it) => `${it} purged`,
  PurgedUntold: (it) => `${it} purged untold`,
  ItemUndeleted: (it) => `${it} undeleted`,
};

/** undefined: what its type says. */
export function eventOf(occasion: Occasion, count: number): string | undefined {
  const { alert } = occasion;
  if (alert.type === 'MassDeletion') {
    const together = calledTogether(occasion);
    return together && `${countedOf(count, together)} deleted by one caller`;
  }
  return calledOf(alert, occasion) && alert.item !== null ? EVENTS[alert.type]?.(itemIn(occasion)) : undefined;
}

interface Words {
  readonly it: string;
  readonly by: string;
  readonly kept: string;
  readonly soon: string;
  readonly late: string;
}

/** How the letter opens. */
const LEADS: { readonly [T in AlertType]?: (words: Words) => string } = {
  DeleteBackupData: ({ it, by, kept }) => `${it} was deleted${by}.${kept}`,
  UpcomingPurge: ({ it, soon, late }) => `${it}, which was deleted, will ${soon}.${late}`,
  ItemUndeleted: ({ it, by }) =>
    `${it} was undeleted${by}. It is kept, and no more mails about the deletion will follow.`,
};

export const leadOf = (occasion: Occasion, words: Words): string | undefined =>
  calledOf(occasion.alert, occasion) ? LEADS[occasion.alert.type]?.(words) : undefined;
