import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../support/launch.ts';

/** Loads the built app as if this were another Node. */
const load = (node: string) =>
  new Promise<{ readonly code: unknown; readonly said: string }>((resolve) => {
    const other = `Object.defineProperty(process,'versions',{value:{...process.versions,node:'${node}'}})`;
    const args = ['--import', `data:text/javascript,${encodeURIComponent(other)}`, join(ROOT, 'dist', 'main.js')];
    execFile(process.execPath, args, { env: {} }, (error, out, said) =>
      resolve({ code: error?.code, said: out + said }),
    );
  });

test.for(['18.20.8', '20.20.2', '21.9.0'])('Node %s is refused in one sentence, before anything else', async (node) => {
  const { code, said } = await load(node);
  expect(code).toBe(1);
  expect(said).toContain(`Error: Reprieve needs Node 22 or newer, and this is ${node}.\n`);
  expect(said).not.toContain('The settings are not right');
});

test.for(['22.0.0', '24.21.0', '100.0.0'])('Node %s is new enough', async (node) => {
  const { code, said } = await load(node);
  expect(code).toBeUndefined();
  expect(said).toContain('The settings are not right'); // there are none here
});
