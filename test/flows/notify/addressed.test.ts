/** Who is told stands in the alert's row when the call answers, and what comes later changes nothing about it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../src/core/alerts.ts';
import { SILENCEABLE } from '../../../src/core/alertTypes.ts';
import { undelete } from '../../../src/flows/items/undelete.ts';
import { notify } from '../../../src/flows/notify/message.ts';
import { flowPorts } from '../../../src/flows/story/land.ts';
import type { Notice } from '../../../src/ports/alerts.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';
import { anAlert, inVault } from '../../support/alerts.ts';
import { appOver } from '../../support/app.ts';
import { anItem, aVault, later, NOON } from '../../support/builders.ts';
import { memoryTables } from '../../support/tables.ts';
import { aRequest, headOf, must, newHead, newId, portsOver, writing } from '../../support/world.ts';
import { anOffice, OPERATOR, OPS, OWNER, VAULT } from './office.ts';

const MAIL = { perMinute: undefined, perRecipient: 1000, resourceGroup: null, portal: null };

/** The service behind its own doors; the queue keeps what it is given until the test hands it out. */
async function aTown(settings: object = {}) {
  const tables = memoryTables();
  const sent: Notice[] = [];
  const ports = portsOver(tables, {
    notices: { send: async (notice) => void sent.push(notice) },
    operators: [OPERATOR],
  });
  const call = appOver(ports);
  const ask = async (name: string, path: string, body: object = {}) => {
    const reply = await call(name, path, { body });
    if (reply.status >= 300) throw new Error(`${name} ${path}: ${reply.status} ${reply.body}`);
  };
  await ask('putVault', VAULT, { kind: 'RecoveryServices', ...settings });
  const policy = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } };
  await ask('putPolicy', `${VAULT}/daily`, policy);
  const protect = (item: string) =>
    ask('protectItem', `${VAULT}/${item}`, { workload: 'AzureVM', policy: 'daily', sourceId: item });
  const shown = async (): Promise<readonly Alert[]> =>
    JSON.parse((await call('listVaultAlerts', VAULT, { query: 'top=200' })).body).value;
  return {
    tables,
    ports,
    ask,
    protect,
    shown,
    remove: (item: string) => ask('stopItem', `${VAULT}/${item}`, { mode: 'delete', confirmName: item }),
    tell: async () => {
      for (const notice of sent.splice(0)) await notify(ports, MAIL, notice, NOON);
    },
  };
}

const lines = ({ notifications }: Alert) =>
  (notifications ?? []).map(({ recipient, as, status }) => `${status} ${as} ${recipient}`).toSorted();
const PEOPLE = { alerts: { recipients: [OPS], owners: [OWNER] } };

describe('when the call answers', () => {
  test('the alert names everyone who is told, each waiting for the mail', async () => {
    const town = await aTown(PEOPLE);
    await town.protect('sql-01');
    await town.remove('sql-01');
    const [alert] = await town.shown();
    expect(must(alert)).toMatchObject({ type: 'DeleteBackupData' });
    expect(lines(must(alert))).toEqual([`Queued owner ${OWNER}`, `Queued recipient ${OPS}`]);
  });

  test('a silence has kept its mails back already', async () => {
    const town = await aTown(PEOPLE);
    const silence = { from: NOON.toISO(), until: later(1).toISO(), reason: 'a test' };
    await town.ask('putSilence', `${VAULT}/all`, silence);
    await town.protect('sql-01');
    await town.remove('sql-01');
    expect(lines(must((await town.shown())[0]))).toEqual([`Suppressed owner ${OWNER}`, `Suppressed recipient ${OPS}`]);
  });

  test('a vault that names nobody has the operators told', async () => {
    const town = await aTown();
    await town.protect('sql-01');
    await town.remove('sql-01');
    expect(lines(must((await town.shown())[0]))).toEqual([`Queued operator ${OPERATOR}`]);
  });

  test('a refusal and a change of settings are no different', async () => {
    const town = await aTown(PEOPLE);
    await town.ask('putVault', VAULT, {
      softDelete: { retentionDays: 20 },
      alerts: { recipients: ['new@example.com'] },
    });
    const [alert] = await town.shown();
    expect(must(alert)).toMatchObject({ type: 'RetentionChanged' });
    expect(lines(must(alert))).toEqual(['Queued recipient new@example.com']);
  });

  test('a digest waits in the same transaction', async () => {
    const town = await aTown({ alerts: { recipients: [OPS], mode: 'HourlyDigest' } });
    await town.ask('putVault', VAULT, { softDelete: { retentionDays: 20 } });
    const { found } = await town.ports.alerts.list(VAULT, { limit: 100 });
    const alert = must(found.find(({ type }) => type === 'RetentionChanged'));
    const [mail] = alert.notifications ?? [];
    expect(mail).toMatchObject({ status: 'Queued', nextTryAt: NOON.plus({ hours: 1, minutes: 1 }) });
    const waiting = await town.ports.alerts.waiting(VAULT, must(mail?.together ?? undefined));
    expect(waiting).toMatchObject([{ alert: alert.id }]);
    // And what comes after counts no more: it is still told in that digest.
    await town.ask('putVault', VAULT, { alerts: { mode: 'PerAlert' } });
    await town.tell();
    expect((await town.ports.alerts.get(VAULT, alert.id))?.value.notifications).toMatchObject([mail]);
  });
});

test('a deletion is told to those who were there, although the lists were emptied before the mails went out', async () => {
  const town = await aTown(PEOPLE);
  await town.protect('sql-01');
  await town.remove('sql-01');
  await town.ask('putVault', VAULT, { alerts: { recipients: [], owners: [] } });
  await town.tell();
  const deletion = (await town.shown()).find(({ type }) => type === 'DeleteBackupData');
  expect(lines(must(deletion))).toEqual([`Sent owner ${OWNER}`, `Sent recipient ${OPS}`]);
});

test('whatever is set afterwards, those are told who were there, and nobody else', async () => {
  const people = fc.subarray(['a@example.com', 'b@example.com', 'c@example.com']);
  const step = fc.oneof(
    fc.record({ do: fc.constant('settings'), recipients: people, owners: people, digest: fc.boolean() }),
    fc.record({ do: fc.constant('silence'), types: fc.subarray([...SILENCEABLE], { minLength: 1 }) }),
    fc.record({ do: fc.constant('event'), restores: fc.boolean() }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
      const town = await aTown(PEOPLE);
      const seen = new Map<string, readonly string[]>();
      const note = async () => {
        for (const alert of await town.shown())
          if (seen.has(alert.id)) expect(lines(alert), alert.id).toEqual(seen.get(alert.id));
          else seen.set(alert.id, lines(alert));
      };
      let made = 0;
      for (const one of steps) {
        if (one.do === 'settings') {
          const { recipients, owners, digest } = one as never as {
            recipients: string[];
            owners: string[];
            digest: boolean;
          };
          const alerts = { recipients, owners, mode: digest ? 'HourlyDigest' : 'PerAlert' };
          await town.ask('putVault', VAULT, { alerts });
        } else if (one.do === 'silence') {
          const { types } = one as never as { types: string[] };
          const span = { from: NOON.minus({ days: 2 }).toISO(), until: later(2).toISO() };
          await town.ask('putSilence', `${VAULT}/quiet`, { ...span, types, reason: 'a test' });
        } else {
          made += 1;
          await town.protect(`vm-${made}`);
          await town.remove(`vm-${made}`);
          if ((one as never as { restores: boolean }).restores) await town.ask('undeleteItem', `${VAULT}/vm-${made}`);
        }
        await note();
      }
      await town.tell();
      for (const alert of await town.shown()) {
        // What waits for the end of the hour, or for the lull after a mass deletion, waits still.
        const told = lines(alert).map((line) => line.replace(/^(Sent|Queued)/, 'Queued'));
        expect(told, alert.id).toEqual(seen.get(alert.id));
      }
    }),
    { numRuns: 40 },
  );
});

describe('a head that a process remembers', () => {
  const world = async () => {
    const tables = memoryTables();
    const seen = nothingSeen();
    const mute = { notices: { send: async () => undefined }, operators: [OPERATOR] };
    const old = portsOver(counted(tables, seen), mute);
    const vault = aVault({ alerts: { ...aVault().alerts, recipients: [OPS] } });
    await old.commit(newHead(vault));
    await old.commit(writing(anItem('SoftDeleted')));
    return { old, vault, seen, other: portsOver(tables, mute) };
  };
  const place = { vault: VAULT, item: 'sql-01' };
  const told = async ({ old }: Awaited<ReturnType<typeof world>>) =>
    lines(must((await old.alerts.list(VAULT, { limit: 10 })).found[0]));

  test('costs an undelete nothing', async () => {
    const one = await world();
    await one.old.vaults.head(VAULT, 'fresh');
    const before = one.seen.requests;
    expect(await undelete(one.old, aRequest(), place)).toMatchObject({ ok: true });
    expect(one.seen.requests - before).toBe(2);
    expect(await told(one)).toEqual([`Queued recipient ${OPS}`]);
  });

  test('and a process that remembers none reads it once', async () => {
    const one = await world();
    const before = one.seen.requests;
    expect(await undelete(one.old, aRequest(), place)).toMatchObject({ ok: true });
    expect(one.seen.requests - before).toBe(3);
  });

  test('that is stale decides nothing', async () => {
    const one = await world();
    await one.old.vaults.head(VAULT, 'fresh');
    const held = await headOf(one.other.vaults);
    const alerts = { ...one.vault.alerts, recipients: ['new@example.com'] };
    await one.other.commit(newHead({ ...held.vault, alerts }, held));
    expect(await undelete(one.old, aRequest(), place)).toMatchObject({ ok: true });
    expect(await told(one)).toEqual(['Queued recipient new@example.com']);
  });
});

test('who was to be told before a weakening is told as well, at once, whatever is silent', async () => {
  const until = later(1);
  const silence = {
    name: 's',
    from: NOON,
    since: NOON,
    until,
    types: null,
    items: null,
    reason: 'r',
    by: 'me',
    etag: 'e',
  };
  const office = await anOffice({ alerts: { mode: 'HourlyDigest' }, vault: { silences: [silence] } });
  const before = { ...aVault().alerts, recipients: ['old@example.com', OPS], owners: ['boss@example.com'] };
  const now = anAlert('RetentionChanged');
  const write = { vault: VAULT, id: newId(), alerts: [{ was: undefined, now, told: [before] }] };
  await office.ports.land({ now: NOON, write });
  await office.work();
  expect((await office.ledger(inVault(now.id))).toSorted()).toEqual(
    ['boss@example.com', 'old@example.com', OPERATOR, OPS, OWNER].map((one) => `Sent ${one}`).toSorted(),
  );
});

test('an alert of a store from before is addressed by whoever tells it', async () => {
  const office = await anOffice();
  const now = anAlert('PurgeComplete', { item: 'sql-01' });
  await office.ports.commit({ vault: VAULT, id: newId(), alerts: [{ was: undefined, now }] });
  await office.take({ vault: VAULT, alerts: [now.id] });
  expect(await office.ledger(now.id)).toEqual([`Sent ${OPS}`]);
});

test('a transaction that loses for another reason is decided by its own story, not repeated', async () => {
  const { ports } = await aTown(PEOPLE);
  let commits = 0;
  const commit = async () => {
    commits += 1;
    return undefined;
  };
  const silent = flowPorts({ ...ports, commit });
  const write = { vault: VAULT, id: newId(), alerts: [{ was: undefined, now: anAlert('PurgeComplete') }] };
  expect((await silent.land({ now: NOON, write })).done).toBe(false);
  expect(commits).toBe(1);
});
