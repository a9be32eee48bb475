import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contents } from '../../../tools/package/contents.ts';
import { zip } from '../../../tools/package/zip.ts';
import { answeringMail } from '../../support/answeringMail.ts';
import { aLocalStore } from '../../support/azurite.ts';
import { call } from '../../support/call.ts';
import { aQuietVault, later, ok } from '../../support/estate.ts';
import { eventually } from '../../support/eventually.ts';
import { ROOT } from '../../support/launch.ts';
import { type OwnHost, startHostOver } from '../../support/ownHost.ts';
import { leftByCoreTools, leftByGit } from '../../support/published.ts';
import { sweepingOf } from '../support/sweeping.ts';

let folder: string;
let service: OwnHost;

/** Outside of the checkout: whatever is not in the package is not there. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reprieve-package-'));
  for (const [path, bytes] of Object.entries(unzipSync(zip(contents(ROOT))))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  // nobody takes metrics there; that the SDK is in the package is what the start proves
  const store = await aLocalStore();
  const settings = { ...answeringMail(store), METRICS_ENDPOINT: 'http://127.0.0.1:9/v1/metrics' };
  service = await startHostOver(store, settings, folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the package is small and has no packages of npm in it', () => {
  expect(readdirSync(folder).toSorted()).toEqual(['dist', 'host.json', 'package.json']);
  expect(readdirSync(join(folder, 'dist')).toSorted()).toEqual(['api', 'export.js', 'main.js', 'portal']);
  expect(readdirSync(join(folder, 'dist', 'api')).toSorted()).toEqual(['docs.css', 'docs.html', 'openapi.json']);
});

test('npm run package, git and func azure functionapp publish leave the same files by .funcignore', (context) => {
  const packed = contents(ROOT).map(({ path }) => path);
  expect(leftByCoreTools(ROOT)).toEqual(packed);
  const byGit = leftByGit(ROOT);
  context.skip(byGit === undefined, 'git is not installed: its reading of .funcignore was not compared');
  expect(byGit).toEqual(packed);
});

test('from the package alone an item is deleted, brought back, deleted and purged, and somebody is told', async () => {
  const vault = await aQuietVault(service);
  await vault.trash('vm');
  ok(await vault.undelete('vm'));
  const due = ok(await vault.delete('vm')).softDelete?.purgeAt ?? '';
  const s = sweepingOf(service);
  expect(await s.sweepAt(later(due, { seconds: 1 }))).toMatchObject({ purged: 1, complete: true });
  expect(await s.ready()).toMatchObject({ status: 200 });
  await eventually(
    () => service.output().includes("Executed 'Functions.notify' (Succeeded"),
    () => 'a notice to be told',
  );
  await s.check();
});

test('the portal is in it', async () => {
  const page = await call<string>(service.api, 'GET', '/portal/');
  expect(page.status).toBe(200);
  const [, script = ''] = /src="([^"]+\.js)"/.exec(page.body) ?? [];
  expect((await fetch(new URL(script, `${service.api}/portal/`))).status).toBe(200);
});
