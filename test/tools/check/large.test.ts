/** A vault that is larger than the memory of its check: what is read is let go again. `large.ts` by itself takes a million rows. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('thirty thousand rows of one vault are checked in a heap of 48 MB', async () => {
  const args = ['--max-old-space-size=48', join(import.meta.dirname, 'large.ts'), '30000'];
  const said = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, (error, stdout) => resolve(error ? 'it died' : stdout));
  });
  expect(said).toContain('30003 rows, 3000 hints, 0 findings');
});
