import type { Alert } from '../core/alerts.ts';
import { DAY_MS, type Instant, parseInstant } from '../core/time.ts';
import { plain } from './plain.ts';

/** The only facts that a letter ever prints. What is not named here stays in the alert. */
type FactName =
  | 'workload'
  | 'hybrid'
  | 'sourceId'
  | 'points'
  | 'oldestPoint'
  | 'newestPoint'
  | 'deletedAt'
  | 'deletedBy'
  | 'retentionDays'
  | 'purgeAt'
  | 'purgedAt'
  | 'reason'
  | 'comment'
  | 'by'
  | 'tenant'
  | 'roles'
  | 'channel'
  | 'clientAddress'
  | 'secondFactor'
  | 'provedBy'
  | 'grantedBy'
  | 'guard'
  | 'grantee'
  | 'expiresAt'
  | 'item'
  | 'requestId'
  | 'from'
  | 'to'
  | 'before'
  | 'after'
  | 'count'
  | 'items'
  | 'lastAt'
  | 'policy'
  | 'server'
  | 'operation'
  | 'code'
  | 'job'
  | 'recipient'
  | 'alert'
  | 'attempts';

const rawOf = ({ facts }: Pick<Alert, 'facts'>, name: FactName) =>
  Object.hasOwn(facts, name) ? facts[name] : undefined;

/** A fact as one line of text; undefined when it is absent or empty. */
export function fact(alert: Pick<Alert, 'facts'>, name: FactName): string | undefined {
  const value = rawOf(alert, name);
  if (value === undefined || value === null || (typeof value === 'number' && !Number.isFinite(value))) return undefined;
  const line = plain(typeof value === 'object' ? value.join(', ') : String(value));
  return line === '' ? undefined : line;
}

export const yesNo = (alert: Pick<Alert, 'facts'>, name: FactName): string | undefined => {
  const value = rawOf(alert, name);
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : undefined;
};

export const isTrue = (alert: Pick<Alert, 'facts'>, name: FactName): boolean => rawOf(alert, name) === true;

export const numberOf = (alert: Pick<Alert, 'facts'>, name: FactName): number | undefined => {
  const value = rawOf(alert, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

export const listOf = (alert: Pick<Alert, 'facts'>, name: FactName): readonly string[] => {
  const value = rawOf(alert, name);
  return typeof value === 'object' && value !== null ? value.map((one) => plain(one, 300)) : [];
};

export const instantFact = (alert: Pick<Alert, 'facts'>, name: FactName): Instant | undefined => {
  const value = rawOf(alert, name);
  return typeof value === 'string' ? parseInstant(value) : undefined;
};

export const shown = (at: Instant): string => at.toUTC().toFormat("yyyy-MM-dd HH:mm:ss 'UTC'");

/** For a column that says UTC at its head. */
export const brief = (at: Instant): string => at.toUTC().toFormat('yyyy-MM-dd HH:mm');

export const timeFact = (alert: Pick<Alert, 'facts'>, name: FactName): string | undefined => {
  const at = instantFact(alert, name);
  return at && shown(at);
};

/** N: how long it is really kept. A period that was lengthened since shows in the date of the purge. */
export function keptDays(alert: Pick<Alert, 'facts'>): number | undefined {
  const [own, from, to] = [
    numberOf(alert, 'retentionDays'),
    instantFact(alert, 'deletedAt'),
    instantFact(alert, 'purgeAt'),
  ];
  const real = from && to ? Math.round((to.toMillis() - from.toMillis()) / DAY_MS) : undefined;
  return own === undefined ? real : Math.max(own, real ?? own);
}

export const itemOf = ({ item }: Pick<Alert, 'item'>): string => plain(item ?? '', 63) || 'An item';
export const vaultOf = ({ vault }: Pick<Alert, 'vault'>): string => plain(vault ?? '', 63) || 'the service';
