/**
 * Any order of settings, silences, deletions, vaults deleted and restored, sweeps and days: whoever was an addressee when something happened
 * was told of it, or their mail is a dead letter; and what weakened a control reached somebody who is not the one who did it.
 */
import { expect, test } from 'vitest';
import { type Alert, kindToldBy } from '../../src/core/alerts.ts';
import { kindOf } from '../../src/core/alertTypes.ts';
import { sameName } from '../../src/core/names.ts';
import { addDays, addMillis, DAY_MS, HOUR_MS } from '../../src/core/time.ts';
import type { AlertSettings, Silence, Vault } from '../../src/core/vault.ts';
import { randomOf } from '../faults/random.ts';
import { appOver } from '../support/app.ts';
import { aPolicy } from '../support/builders.ts';
import { FULL } from '../support/full.ts';
import { headOf, newHead } from '../support/world.ts';
import { anOffice, OPERATOR, VAULT } from './notify/office.ts';

const RUNS = FULL ? 300 : 50;
const STEPS = 14;
const PEOPLE = ['ann@example.com', 'bob@example.com', 'cleo@example.com'];
const OWNERS = ['olga@example.com', 'omar@example.com'];
/** The one who does it all has an address, too, and may name nobody else. */
const MALLORY = 'mallory@example.com';

/** An alert that tells of a weakening: its people are those of before and after, and the operators. */
const isWeakening = ({ facts }: Alert): boolean => facts['control'] !== undefined;

/** Somebody who had to hear of an alert, as the model knows it and not the code. */
interface Due {
  readonly alert: string;
  readonly address: string;
}

const isSilenced = ({ type, item, firedAt, facts }: Alert, { silences }: Vault, isOwner: boolean): boolean => {
  const { silenceable } = kindOf(type);
  if (!silenceable || (silenceable === 'unlessHybridToOwners' && isOwner && facts['hybrid'] === true)) return false;
  const covers = ({ from, since, until, types, items }: Silence) =>
    from <= firedAt &&
    since <= firedAt &&
    firedAt < until &&
    (types?.includes(type) ?? true) &&
    (items?.some((one) => sameName(one, item)) ?? true);
  return silences.some(covers);
};

/** Who has to hear of it, by the vault before and after what happened. */
function peopleOf(alert: Alert, before: Vault, after: Vault): readonly string[] {
  if (alert.type === 'Welcome' || kindToldBy(alert.type)) return [];
  const everybody = ({ recipients, owners }: AlertSettings) => [...recipients, ...owners];
  if (isWeakening(alert)) return [...everybody(before.alerts), ...everybody(after.alerts), OPERATOR];
  const { recipients, owners } = after.alerts;
  const named = [
    ...recipients.filter(() => !isSilenced(alert, after, false)),
    ...(kindOf(alert.type).owners ? owners.filter(() => !isSilenced(alert, after, true)) : []),
  ];
  const isNobody = recipients.length + (kindOf(alert.type).owners ? owners.length : 0) === 0;
  return isNobody && !isSilenced(alert, after, false) ? [OPERATOR] : named;
}

async function play(run: number) {
  const random = randomOf(run);
  const pick = <T>(all: readonly T[]): T => all[random.int(0, all.length - 1)] as T;
  const some = (all: readonly string[]) => all.filter(() => random.chance(0.5));
  const office = await anOffice({
    alerts: { recipients: [PEOPLE[0] ?? ''], owners: [OWNERS[0] ?? ''] },
    // a few single mails, and then bundles
    settings: { perRecipient: pick([3, 1000]) },
    purgeTerms: { noticeMs: pick([0, DAY_MS]), untoldMaxMs: 30 * DAY_MS },
  });
  const { ports } = office;
  const head = await headOf(ports.vaults);
  await ports.commit({ line: 'vault', vault: VAULT, id: 'made' });
  await ports.commit(newHead(head.vault, head, aPolicy('daily')));
  const vaultNow = async (): Promise<Vault> => {
    const found = (await ports.vaults.head(VAULT, 'fresh')) ?? (await ports.vaults.deleted(VAULT));
    if (!found) throw new Error('the vault is gone');
    return found.vault;
  };
  const ask = (name: string, path: string, body?: object) => appOver(ports)(name, path, body ? { body } : {});
  const item = () => `${VAULT}/${pick(['vm', 'db'])}`;
  let deletedAt: number | null = null;

  const STEPS_OF = {
    people: () =>
      ask('patchVault', VAULT, { alerts: { recipients: pick([some(PEOPLE), [], [MALLORY]]), owners: some(OWNERS) } }),
    settings: () =>
      ask(
        'patchVault',
        VAULT,
        pick([
          { softDelete: { state: pick(['Enabled', 'Disabled']) } },
          { softDelete: { retentionDays: pick([14, 30]) } },
          { alerts: { mode: pick(['PerAlert', 'HourlyDigest']) } },
          { alerts: { onHardDelete: pick([true, false]), reminderDays: pick([[2], [7, 2]]) } },
          { hybrid: { state: pick(['Enabled', 'Disabled']) } },
          { coolingOffHours: pick([0, 24]) },
        ]),
      ),
    silence: () => {
      const [from, until] = [addDays(office.now(), -1), addDays(office.now(), pick([1, 20]))].map((at) => at.toISO());
      return ask('putSilence', `${VAULT}/quiet`, { from, until, reason: 'works', items: pick([null, ['vm']]) });
    },
    speak: () => ask('deleteSilence', `${VAULT}/quiet`),
    protect: () => {
      const at = item();
      return ask('protectItem', at, { workload: 'AzureVM', policy: 'daily', sourceId: at });
    },
    delete: () => {
      const at = item();
      return ask('stopItem', at, { mode: 'delete', confirmName: at.split('/')[1] });
    },
    undelete: () => ask('undeleteItem', item()),
    async removeVault() {
      const { status } = await ask('deleteVault', VAULT);
      if (status < 300) deletedAt ??= office.now().toMillis();
    },
    async restore() {
      const { status } = await ask('restoreVault', VAULT);
      if (status < 300) deletedAt = null;
    },
    faults: () =>
      office.mail.fault(pick([{ mode: 'reject', count: 2 }, { mode: 'error', count: 3 }, { mode: 'none' }])),
    work: () => office.work(),
    minutes: () => office.pass(600, { sweeping: true }),
    async days() {
      // a vault that is removed has no ledger that could be looked at
      if (deletedAt !== null) await STEPS_OF.restore();
      await office.moveTo(addMillis(office.now(), pick([HOUR_MS, DAY_MS, 13 * DAY_MS])));
      await office.pass(600, { sweeping: true });
    },
  };
  const NAMES = Object.keys(STEPS_OF) as (keyof typeof STEPS_OF)[];

  const seen = new Set<string>();
  const due: Due[] = [];
  const weakened: string[] = [];
  let before = await vaultNow();
  const note = async () => {
    const after = await vaultNow();
    for (const one of await office.all()) {
      if (seen.has(one.id)) continue;
      seen.add(one.id);
      for (const address of peopleOf(one, before, after)) due.push({ alert: one.id, address });
      if (isWeakening(one)) weakened.push(one.id);
    }
    before = after;
  };
  await STEPS_OF.protect();
  await note();
  for (let step = 0; step < STEPS; step += 1) {
    await STEPS_OF[pick(NAMES)]();
    await note();
  }
  await office.mail.fault({ mode: 'none' });
  if (deletedAt !== null) await STEPS_OF.restore();
  await office.pass(2 * 3600, { sweeping: true });
  return { office, due, weakened };
}

test.each(Array.from({ length: 10 }, (_, part) => part))('everybody was told, in part %i of the runs', async (part) => {
  for (let run = part * (RUNS / 10); run < (part + 1) * (RUNS / 10); run += 1) {
    const { office, due, weakened } = await play(run);
    const arrived = new Set((await office.mail.inbox()).map(({ operationId }) => operationId));
    const dead = new Set((await office.dead()).map(({ id }) => id));
    const reached = (id: string, address: string, alerts: readonly Alert[]) => {
      const mail = alerts
        .find((one) => one.id === id)
        ?.notifications?.find(({ recipient }) => sameName(recipient, address));
      if (!mail) return 'not addressed';
      const { status, operationId } = mail;
      if (status === 'Sent') return arrived.has(operationId) ? 'told' : 'said to be sent, and nothing arrived';
      return status === 'DeadLettered' && dead.has(operationId) ? 'told' : status;
    };
    const alerts = await office.all();
    // what is raised and resolved within its hour is left out of a digest
    const isLeftOut = (id: string) => alerts.some((one) => one.id === id && one.state === 'Closed');
    const lost = due
      .map(({ alert, address }) => ({ alert, address, how: reached(alert, address, alerts) }))
      .filter(({ alert, how }) => how !== 'told' && !(how === 'Suppressed' && isLeftOut(alert)));
    expect(lost, `run ${run}`).toEqual([]);
    for (const id of weakened) expect(reached(id, OPERATOR, alerts), `run ${run}: ${id}`).toBe('told');
  }
});
