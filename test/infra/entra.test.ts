/** infra/entra.sh over a stand-in of the Azure CLI that keeps applications in a folder and finds them as Azure does: by how a name begins. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const AZ = join(import.meta.dirname, 'standins', 'az.sh');

function tenant(applications: readonly { readonly id: string; readonly displayName: string }[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'reprieve-entra-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [bin, state] = [join(folder, 'bin'), join(folder, 'state')];
  for (const one of [bin, state]) mkdirSync(one);
  symlinkSync(AZ, join(bin, 'az'));
  const kept = join(state, 'applications');
  writeFileSync(kept, applications.map(({ id, displayName }) => `${id}|client-${id}|${displayName}\n`).join(''));
  const env = { PATH: [bin, process.env['PATH']].join(delimiter), STAND_INS: state };
  return {
    run: (...args: readonly string[]) => spawnSync(join(ROOT, 'infra', 'entra.sh'), args, { env, encoding: 'utf8' }),
    applications: () =>
      readFileSync(kept, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split('|'))
        .map(([id = '', appId = '', displayName = '']) => ({ id, appId, displayName })),
    /** What was sent, by the end of its address. */
    sent: (name: string) => {
      const file = join(state, name);
      return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
    },
    changes: () => readdirSync(state).filter((name) => name !== 'applications'),
  };
}

describe('infra/entra.sh', () => {
  test('asks for the claims of optionalClaims.json, among them idtyp, without which no agent is known', () => {
    const there = tenant();
    const { status, stderr } = there.run('prod');
    expect([status, stderr]).toEqual([0, '']);
    const api = there.applications().find(({ displayName }) => displayName === 'Reprieve prod');
    const { optionalClaims, api: settings } = there.sent(`applications-${api?.id}`);
    expect(optionalClaims).toEqual(JSON.parse(readFileSync(join(ROOT, 'infra', 'optionalClaims.json'), 'utf8')));
    expect(optionalClaims.accessToken).toContainEqual({ name: 'idtyp' });
    expect(settings.requestedAccessTokenVersion).toBe(2);
  });

  test('prints the settings, and the applications by which people come: the portal and the Azure CLI', () => {
    const there = tenant();
    const { stdout } = there.run('prod');
    const portal = there.applications().find(({ displayName }) => displayName === 'Reprieve portal prod');
    expect(stdout).toContain(`azd env set PORTAL_CLIENT_ID ${portal?.appId}\n`);
    expect(stdout).toContain(`azd env set IDENTITY_CLIENTS ${portal?.appId},04b07795-8ddb-461a-bbee-02f9e1bf7b46\n`);
  });

  test('takes no application that only begins with its name', () => {
    const other = { id: 'other', displayName: 'Reprieve prod-2' };
    const there = tenant([other]);
    expect(there.run('prod').status).toBe(0);
    expect(there.sent('applications-other')).toBeUndefined();
    expect(there.applications().map(({ displayName }) => displayName)).toEqual([
      'Reprieve prod-2',
      'Reprieve prod',
      'Reprieve portal prod',
    ]);
  });

  test('run again, changes the same applications and makes none', () => {
    const there = tenant();
    const first = there.run('prod').stdout;
    expect(there.run('prod').stdout).toBe(first);
    expect(there.applications()).toHaveLength(2);
  });

  test('stops where two have the same name, before anything is changed', () => {
    const there = tenant(['one', 'two'].map((id) => ({ id, displayName: 'Reprieve prod' })));
    const { status, stdout, stderr } = there.run('prod');
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/several applications called "Reprieve prod"[\s\S]*one[\s\S]*two/);
    expect(stdout).toBe('');
    expect(there.changes()).toEqual([]);
  });

  test.for(["prod'", 'prod || true', 'a b'])('takes no environment called "%s"', (name) => {
    const there = tenant();
    expect(there.run(name).status).toBe(2);
    expect(there.changes()).toEqual([]);
  });
});
