import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { aVault, clockOf, type Estate, ok } from '../support/estate.ts';
import { eventually } from '../support/eventually.ts';
import { type Away, type Ended, installed, NODE_22 } from '../support/installed.ts';
import { ROOT } from '../support/launch.ts';
import { startService } from '../support/service.ts';

const STEERING = /[\p{Cc}\p{Bidi_Control}]/u;
/** Text that turns the direction of what follows is text all the same. */
const TURNED = 'd\u202ee';
const HOSTILE = 'a\u001b[31mb\u001b]0;title\u0007c\u009b2Jd\u202ee';
const withoutLayout = ({ out, err }: Ended): string => (out + err).replace(/[\n\t]/g, '');

const service = await startService();
let away: Away;

function reprieve(line: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const words = line.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? [];
  const command = join(away.folder, 'node_modules', '.bin', 'reprieve');
  return away.run(process.execPath, [...NODE_22, command, ...words], { REPRIEVE_URL: service.api, ...env });
}

/** What `--json` answers; the command has to succeed, and to say nothing beside it. */
async function asked<T = Readonly<Record<string, unknown>>>(line: string): Promise<T> {
  const { code, out, err } = await reprieve(`${line} --json`);
  expect({ line, code, err }).toEqual({ line, code: 0, err: '' });
  return JSON.parse(out);
}

describe('the packed command line, against a running service', () => {
  let vault: Estate;
  let at: string;

  beforeAll(async () => {
    away = await installed('./cli');
    vault = await aVault(service, { settings: { alerts: { recipients: ['ops@contoso.com'] } } });
    for (const item of ['web-01', 'sql-01']) {
      ok(await vault.protect(item));
      await vault.point(item, 'old', { age: 29 });
      await vault.point(item, 'fresh', { age: 1 });
    }
    at = `--vault ${vault.name} --item`;
  });

  test('is JavaScript alone, small, and needs no other package', () => {
    expect(readdirSync(join(away.folder, 'node_modules')).sort()).toEqual([
      '.bin',
      '.package-lock.json',
      'reprieve-cli',
    ]);
    const folder = join(away.folder, 'node_modules', 'reprieve-cli');
    const files = readdirSync(folder, { recursive: true }).map(String).sort();
    expect(files).toEqual(['dist', join('dist', 'reprieve.mjs'), 'package.json', 'reprieve.mjs']);
    expect(readFileSync(join(folder, 'dist', 'reprieve.mjs')).length).toBeLessThan(100_000);
    expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).toMatchObject({ engines: { node: '>=22' } });
  });

  test('says its version and its help after any word, and asks nobody', async () => {
    const nowhere = { REPRIEVE_URL: 'http://127.0.0.1:2' };
    const { version } = JSON.parse(readFileSync(join(ROOT, 'cli', 'package.json'), 'utf8'));
    for (const words of ['', 'items', 'items stop', 'nonsense'])
      expect(await reprieve(`${words} --version`, nowhere)).toEqual({ code: 0, out: `${version}\n`, err: '' });
    expect((await reprieve('items stop -h', nowhere)).out).toContain('reprieve items stop : ');
  });

  test('lists and shows vaults', async () => {
    expect(await asked('vaults')).toMatchObject([{ name: vault.name, counts: { protected: 2 } }]);
    expect(await asked(`vaults show -v ${vault.name}`)).toMatchObject({ kind: 'RecoveryServices' });
    expect((await reprieve('vaults')).out).toBe(`${vault.name}\tRecoveryServices\tEnabled\t14\t2\t0\t0\n`);
  });

  test('lists and shows items', async () => {
    expect(await asked(`items list -v ${vault.name}`)).toMatchObject([{ name: 'sql-01' }, { name: 'web-01' }]);
    expect(await asked(`items list -v ${vault.name} --state SoftDeleted`)).toEqual([]);
    expect(await asked(`items show ${at} WEB-01`)).toMatchObject({ name: 'web-01', recoveryPoints: { count: 2 } });
  });

  test('stops, keeps, and resumes', async () => {
    expect(await asked(`items stop ${at} sql-01 --reason "moving house"`)).toMatchObject({
      state: 'ProtectionStopped',
    });
    expect(await asked(`items resume ${at} sql-01 --policy daily`)).toMatchObject({ state: 'Protected' });
  });

  test('deletes with the name once more, explains, foresees, undeletes, and resumes after a look', async () => {
    expect(await reprieve(`items stop ${at} web-01 --delete`)).toMatchObject({ code: 2, out: '' });
    const wrong = await reprieve(`items stop ${at} web-01 --delete --confirm-name WEB-01`);
    expect(wrong).toMatchObject({ code: 1, out: '' });
    expect(wrong.err).toContain('Code: ConfirmationRequired');

    const gone = await asked(`items stop ${at} web-01 --delete --confirm-name web-01 --reason cost`);
    expect(gone).toMatchObject({ state: 'SoftDeleted', softDeleteApplied: true, softDelete: { daysLeft: 14 } });
    expect(await asked(`items explain ${at} web-01`)).toMatchObject({ state: 'SoftDeleted', can: ['undelete'] });
    const { out } = await reprieve('forecast --days 30');
    expect(out).toMatch(new RegExp(`^\\d{4}-\\d{2}-\\d{2}\t${vault.name}\tweb-01\t.*Z\n$`));
    expect((await asked<{ days: unknown[] }>('forecast --days 30')).days).toHaveLength(30);

    expect(await asked(`items undelete ${at} web-01`)).toMatchObject({ state: 'ProtectionStopped' });
    await clockOf(service).moveTo(new Date(Date.now() + 3 * 86_400_000).toISOString());
    const preview = await asked(`items resume ${at} web-01 -p daily --preview`);
    expect(preview).toMatchObject({ preview: true, recoveryPointsToRemove: [{ name: 'old' }] });
    expect(await asked(`items resume ${at} web-01 -p daily`)).toMatchObject({ recoveryPointsRemoved: ['old'] });
    await clockOf(service).reset();
  });

  test('refuses in the words of the API, with what can be done here', async () => {
    const api = await vault.send<{ error: { message: string } }>('POST', 'items/web-01/undelete', {});
    const { code, out, err } = await reprieve(`items undelete ${at} web-01`);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`ERROR: ${api.body.error.message}\nCode: ItemNotSoftDeleted   Request id: `);
    expect(err).toContain('See how it is: npx reprieve items show');
    const asJson = await reprieve(`items undelete ${at} web-01 --json`);
    expect({ code: asJson.code, out: asJson.out }).toEqual({ code: 1, out: '' });
    expect(JSON.parse(asJson.err)).toMatchObject({ error: { code: 'ItemNotSoftDeleted', status: 409 } });
  });

  test('sweeps, and looks first', async () => {
    expect(await asked('sweep --dry-run')).toMatchObject({ dryRun: true, complete: true, items: [] });
    expect(await asked('sweep')).toMatchObject({ dryRun: false, purged: 0 });
    const { code, err } = await reprieve('sweep --acknowledge-belt nonsense');
    expect(code).toBe(1);
    expect(err).toContain('Code: BeltTokenInvalid');
  });

  test('pauses, says so, and goes on', async () => {
    expect(await asked('pause')).toBeNull();
    const until = new Date(Date.now() + 3_600_000).toISOString();
    expect(await asked(`pause --until ${until} --reason "restore test"`)).toMatchObject({ reason: 'restore test' });
    expect((await reprieve('pause')).out).toMatch(/^Paused\tyes\nUntil\t/);
    expect(await asked('pause --end')).toBeNull();
    expect((await reprieve('pause')).out).toBe('Paused\tno\n');
  });

  test('lists alerts, of all and of some', async () => {
    const all = await asked<{ type: string }[]>('alerts');
    expect(all.map(({ type }) => type)).toContain('DeleteBackupData');
    const some = await asked<{ type: string }[]>(`alerts list -v ${vault.name} --type ItemUndeleted`);
    expect(new Set(some.map(({ type }) => type))).toEqual(new Set(['ItemUndeleted']));
  });

  test('re-drives what could not be sent', async () => {
    await fetch(`${service.mail}/faults`, { method: 'PUT', body: JSON.stringify({ mode: 'reject' }) });
    ok(await vault.delete('sql-01'));
    const letters = () => asked<{ id: string; alert: string }[]>('deadletters list');
    // A mail about something before, such as the end of the pause, may still be on its way and be given up as well.
    const isOurs = ({ alert }: { alert: string }) => alert.includes('~DeleteBackupData~');
    await eventually(
      async () => (await letters()).some(isOurs),
      () => 'a dead letter',
    );
    await fetch(`${service.mail}/faults`, { method: 'PUT', body: JSON.stringify({ mode: 'none' }) });
    const letter = (await letters()).find(isOurs);
    expect(await asked(`deadletters redrive --id ${letter?.id}`)).toMatchObject([{ id: letter?.id }]);
    const again = await reprieve(`deadletters redrive --id ${letter?.id}`);
    expect(again.code).toBe(1);
    expect(again.err).toContain('Code: DeadLetterNotFound');
    await eventually(
      async () => (await asked<object[]>('deadletters redrive --all')).length === 0,
      () => 'that nothing is left to re-drive',
    );
    await vault.undelete('sql-01');
  });

  test('prints neither colours nor what would steer a terminal, whoever wrote it', async () => {
    ok(await vault.protect('odd-01', { sourceId: 'odd' }));
    expect((await vault.delete('odd-01', { reason: HOSTILE })).status).toBe(400);
    ok(await vault.delete('odd-01', { reason: TURNED, comment: TURNED }));
    const lines = [`items show ${at} odd-01`, `items list -v ${vault.name}`, 'alerts', `items explain ${at} odd-01`];
    for (const line of lines) {
      for (const ended of [await reprieve(line, { FORCE_COLOR: '1' }), await reprieve(`${line} --json`)])
        expect(withoutLayout(ended), line).not.toMatch(STEERING);
    }
    expect(await asked(`items show ${at} odd-01`)).toMatchObject({ softDelete: { reason: TURNED, comment: TURNED } });
    const named = await reprieve(`items show -v ${HOSTILE} -i ${HOSTILE}`);
    expect(named.code).toBe(1);
    expect(withoutLayout(named)).not.toMatch(STEERING);
  });

  test('is whoever the token says', async () => {
    const reader = { REPRIEVE_TOKEN: await service.token({ sub: 'rita', roles: ['Reader'] }) };
    expect(await reprieve('vaults', reader)).toMatchObject({ code: 0 });
    const refused = await reprieve('sweep', reader);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('Ask somebody who has the role');
    expect(refused.err).not.toContain(reader.REPRIEVE_TOKEN);
    expect(await reprieve('vaults', { REPRIEVE_TOKEN: 'x.y.z' })).toMatchObject({ code: 1 });
  });

  test('ends with 2 for wrong words and with 3 where nobody is, and help needs nobody', async () => {
    expect(await reprieve('items nope')).toMatchObject({ code: 2, out: '' });
    expect(await reprieve('vaults --url http://127.0.0.1:2')).toMatchObject({ code: 3, out: '' });
    expect(await reprieve('items stop --help --url http://127.0.0.1:2')).toMatchObject({ code: 0, err: '' });
  });
});
