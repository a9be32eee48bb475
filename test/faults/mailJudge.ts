/** What must be true of alerts, ledgers, inbox and dead letters when all is quiet; every sentence that is not is a finding. */
import type { Alert } from '../../src/core/alerts.ts';
import { kindToldBy, type Notification } from '../../src/core/alerts.ts';
import { besideItsAddress } from '../../src/core/mailIds.ts';
import { operationIdOf } from '../../src/flows/story/addressing.ts';
import { scanTables } from '../../tools/check/scan.ts';
import { checkStore } from '../../tools/check/store.ts';
import { hintsIn } from '../flows/sweep/sweeper.ts';
import type { MailWorld } from '../mail/service.ts';
import { portsOver } from '../support/world.ts';
import { type Ended, VAULT } from './mailTown.ts';

export interface Verdict {
  readonly findings: readonly string[];
  readonly mails: number;
  readonly dead: number;
}

export async function judgeTown(ended: Ended, mail: MailWorld): Promise<Verdict> {
  const { alerts, ledger, vaults } = portsOver(ended.tables);
  const vault = (await vaults.head(VAULT, 'fresh'))?.vault;
  const all = (await alerts.list(VAULT, { limit: 10_000 })).found;
  const dead = new Set((await ledger.dead({ limit: 10_000 })).found.map(({ id }) => id));
  const inbox = Map.groupBy(await mail.inbox(), ({ operationId }) => operationId);
  const findings: string[] = [];
  const known = new Set<string>();
  for (const alert of all) {
    if (alert.notifications === null && !(await isHintedByPurge(alert, ended)))
      findings.push(`${alert.id}: nobody looked who is to be told`);
    for (const one of alert.notifications ?? []) {
      known.add(one.operationId);
      const wrong = wrongWith(alert, one, { ended, mail, dead, times: inbox.get(one.operationId)?.length ?? 0 });
      if (wrong) findings.push(`${alert.id} → ${one.recipient} (${one.status}): ${wrong}`);
      const itself = besideItsAddress(operationIdOf(alert.id, one.recipient, vault), one.recipient);
      if (one.operationId !== itself && inbox.has(itself)) findings.push(`${alert.id}: told by itself and together`);
    }
  }
  for (const [id, mails] of inbox) {
    if (!known.has(id)) findings.push(`${mails[0]?.subject}: a mail that no ledger knows`);
    if (mails.length > 1) findings.push(`${mails[0]?.subject}: ${mails.length} times`);
  }
  findings.push(...twiceTold(all), ...(await unsound(ended)));
  if (ended.queue.size() > 0) findings.push(`${ended.queue.size()} messages are left`);
  for (const id of dead) if (!known.has(id)) findings.push(`dead letter ${id} is about nothing`);
  return { findings, mails: inbox.size, dead: dead.size };
}

interface Evidence {
  readonly ended: Ended;
  readonly mail: MailWorld;
  readonly dead: ReadonlySet<string>;
  readonly times: number;
}

function wrongWith(alert: Alert, { status, operationId }: Notification, evidence: Evidence): string | undefined {
  const { ended, mail, dead, times } = evidence;
  const isDead = dead.has(operationId);
  switch (status) {
    case 'Sent':
      if (isDead) return 'and a dead letter';
      return times === 1 || mail.failing().has(operationId) ? undefined : `${times} mails`;
    case 'DeadLettered':
      if (!isDead) return 'and no dead letter';
      return times === 0 || ended.lost.has(operationId) ? undefined : 'and a mail that the service had confirmed';
    case 'Suppressed':
      // who sent it died, or could not write that down; and meanwhile there was no more to tell
      if (isDead || (times > 0 && !ended.lost.has(operationId))) return 'and told';
      return isRightlySilent(alert, ended) ? undefined : 'for no reason';
    default:
      return 'silence';
  }
}

/**
 * An undelete has no request to spare for a hint: where somebody dies between its transaction and its notice, the hint to purge that
 * it made void has it told, on that day. Until then it has to stand.
 */
const isHintedByPurge = async ({ type, item }: Alert, { deaths, tables }: Ended): Promise<boolean> =>
  type === 'ItemUndeleted' && deaths > 0 && (await hintsIn(tables)).some((hint) => hint.startsWith(`purge ${item} `));

const isRightlySilent = (alert: Alert, { silenced }: Ended): boolean =>
  silenced.includes(alert.type) || alert.type === 'UpcomingPurge' || alert.state === 'Closed';

function twiceTold(all: readonly Alert[]): readonly string[] {
  const told = new Map<string, number>();
  for (const { type, members } of all)
    if (kindToldBy(type)) for (const member of members) told.set(member, (told.get(member) ?? 0) + 1);
  return [...told].filter(([, times]) => times > 1).map(([member, times]) => `${member}: in ${times} mails`);
}

async function unsound({ tables, now }: Ended): Promise<readonly string[]> {
  const { findings } = await checkStore(scanTables(tables), now);
  return findings.map(({ rule, row, message }) => `${rule} ${row}: ${message}`);
}
