import type { Alert } from '../../core/alerts.ts';
import { keyOf } from '../../core/names.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import type { Instant } from '../../core/time.ts';
import type { Silence } from '../../core/vault.ts';
import type { DeadLetter, Reads } from '../../ports.ts';
import { cut, type Listed, type Page } from '../story/pages.ts';
import { type AlertFilter, type AlertPage, everyAlert, vaultAlerts } from './alertLists.ts';
import { silencesOf } from './silences.ts';

type Wanted = Pick<AlertFilter, 'state' | 'type'>;
const listed = (page: Outcome<AlertPage>): Outcome<Listed<Alert>> =>
  page.ok ? ok({ shown: page.value.alerts, last: page.value.last }) : page;

export const listVaultAlerts = async (
  ports: Pick<Reads, 'vaults' | 'alerts'>,
  vault: string,
  { state, type }: Wanted,
  page: Page,
): Promise<Outcome<Listed<Alert>>> => listed(await vaultAlerts(ports, vault, { state, type, ...page }));

export const listAlerts = async (
  ports: Pick<Reads, 'alerts' | 'registry'>,
  { state, type }: Wanted,
  page: Page,
): Promise<Outcome<Listed<Alert>>> => listed(await everyAlert(ports, { state, type, ...page }));

export async function listSilences(
  ports: Pick<Reads, 'vaults'>,
  now: Instant,
  vault: string,
  page: Page,
): Promise<Outcome<Listed<Silence>>> {
  const silences = await silencesOf(ports, vault, now);
  return silences.ok ? ok(cut(silences.value, ({ name }) => keyOf(name), page)) : silences;
}

export async function listDeadLetters(
  { ledger }: Pick<Reads, 'ledger'>,
  { after, top }: Page,
): Promise<Outcome<Listed<DeadLetter>>> {
  const letters = await ledger.dead({ after, limit: top + 1 });
  return ok(cut(letters, ({ id }) => id, { after: undefined, top }));
}
