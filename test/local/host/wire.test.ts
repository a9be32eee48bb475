/** A new release of the library must not change unseen what goes over the wire to the real host. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const PROGRAM = join(import.meta.dirname, 'fixtures', 'wire.ts');

test('what the library and its host tell each other is what it was', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM], {
    env: { PATH: process.env['PATH'] ?? '' },
  });
  await expect(stdout).toMatchFileSnapshot(join(import.meta.dirname, 'real', 'wire.jsonl'));
});
