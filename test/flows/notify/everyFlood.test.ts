/**
 * Every flood at once, at five mails a minute: two hundred welcomes, five hundred refusals by fifty callers, and a deletion every 29 seconds, so
 * that there is never the lull of thirty in which a mass deletion would be told. Beside it somebody purges an item of another vault.
 */
import { expect, test } from 'vitest';
import { isTold } from '../../../src/core/alerts.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { aVault } from '../../support/builders.ts';
import { aRequest, CONTRIBUTOR, newHead } from '../../support/world.ts';
import { anOffice, type Office, OPS, VAULT } from './office.ts';

const OTHER = 'Fabrikam';
const NEIGHBOUR = 'neighbour@example.com';
const HOUR_MS = 3_600_000;

const [WELCOMES, REFUSALS, CALLERS, DELETIONS] = [200, 500, 50, 300];
const DELETION_EVERY_S = 29;
const REFUSAL_EVERY_S = 17;
const SEV0_AT_S = 4000;

/** Protection is to be turned off without a second factor: refused, and told. */
async function refused({ ports, now }: Office, caller: number): Promise<void> {
  const request = {
    ...aRequest(now()),
    caller: { ...CONTRIBUTOR, oid: `mallory-${caller}`, secondFactor: false },
  };
  const ask = { patch: { softDelete: { state: 'Disabled' } }, mustExist: true } as const;
  expect(await putVault(ports, request, { vault: VAULT }, ask)).toMatchObject({
    ok: false,
    refusal: { code: 'StepUpRequired' },
  });
}

interface Happening {
  readonly at: number;
  readonly what: (office: Office) => Promise<unknown>;
}

const every = (count: number, seconds: number, what: (number: number) => Happening['what']): readonly Happening[] =>
  Array.from({ length: count }, (_, index) => ({ at: index * seconds, what: what(index) }));

const HAPPENINGS: readonly Happening[] = [
  ...every(WELCOMES, 0, (index) => (office) => {
    const facts = { recipients: [`new-${index}@example.com`] };
    return office.raise('Welcome', { item: null, occurrence: `w${index}`, facts });
  }),
  ...every(REFUSALS, REFUSAL_EVERY_S, (index) => (office) => refused(office, index % CALLERS)),
  ...every(
    DELETIONS,
    DELETION_EVERY_S,
    (index) => (office) => office.raise('DeleteBackupData', { item: `vm-${index}` }),
  ),
  { at: SEV0_AT_S, what: (office: Office) => office.raise('PurgeComplete', { item: 'sql-01', vault: OTHER }) },
].toSorted((a, b) => a.at - b.at);

async function flooded() {
  const office = await anOffice({ alerts: { owners: [] }, settings: { perMinute: 5, perRecipient: 20 } });
  await office.limit(5);
  await office.ports.commit(
    newHead(aVault({ name: OTHER, alerts: { ...aVault().alerts, recipients: [NEIGHBOUR], owners: [] } })),
  );
  const seen: { readonly at: number; readonly to: string; readonly subject: string; readonly text: string }[] = [];
  const start = office.now().toMillis();
  const pass = async (seconds: number) => {
    await office.pass(seconds, { sweeping: true });
    for (const mail of (await office.mail.inbox()).slice(seen.length))
      seen.push({ ...mail, at: office.now().toMillis() - start });
  };
  let passed = 0;
  for (const { at, what } of HAPPENINGS) {
    if (at > passed) await pass(at - passed);
    passed = at;
    await what(office);
  }
  for (let minute = 0; minute < 180; minute += 1) await pass(60);
  return { office, seen };
}

const isBundle = ({ subject }: { readonly subject: string }) => subject.includes('More alerts than single mails');

test('every flood at once: the gravest comes within the minute, nobody gets more than twenty single mails an hour, and all is told once', async () => {
  const { office, seen } = await flooded();

  const [gravest, ...others] = seen.filter(({ to }) => to === NEIGHBOUR);
  expect(gravest?.at).toBeGreaterThanOrEqual(SEV0_AT_S * 1000);
  expect(gravest?.at).toBeLessThanOrEqual((SEV0_AT_S + 60) * 1000);
  expect(others).toEqual([]);

  for (const [to, mails] of Map.groupBy(seen, (mail) => mail.to)) {
    const singles = mails.filter((mail) => !isBundle(mail));
    for (const { at } of singles)
      expect(singles.filter((one) => one.at >= at && one.at - at < HOUR_MS).length, to).toBeLessThanOrEqual(20);
  }

  for (const one of await office.all()) expect(isTold(one), one.id).toBe(true);
  expect(await office.dead()).toEqual([]);
  expect(seen.filter(({ to }) => to.startsWith('new-'))).toHaveLength(WELCOMES);
  const toOps = seen.filter(({ to }) => to === OPS);
  for (let item = 0; item < DELETIONS; item += 1) {
    const named = new RegExp(`\\bvm-${item}(?![\\d-])`);
    expect(
      toOps.filter(({ text }) => named.test(text.split('To undelete')[0] ?? '')),
      `vm-${item}`,
    ).toHaveLength(1);
  }
  const refusals = await office.all('CriticalOperationRefused');
  expect(refusals).toHaveLength(CALLERS);
  for (const { count, notifications } of refusals) {
    expect(count).toBe(REFUSALS / CALLERS);
    expect(notifications?.map(({ recipient, status }) => `${status} ${recipient}`)).toEqual([`Sent ${OPS}`]);
  }
});
