import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BUDGET, over } from '../../scripts/package/budget.ts';
import { ignoreFile } from '../../scripts/package/contents.ts';
import { zip } from '../../scripts/package/zip.ts';
import { unzip } from '../support/unzip.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const bytes = (text: string) => Buffer.from(text);
const FILES = [
  { path: 'host.json', bytes: bytes('{}') },
  { path: 'dist/länger.js', bytes: bytes('x'.repeat(100_000)) },
  { path: 'empty', bytes: bytes('') },
];

test('what goes into a zip comes out of it, readable by everybody', () => {
  const out = unzip(zip(FILES));
  expect(out.map(({ path, bytes: found }) => ({ path, bytes: found }))).toEqual(FILES);
  for (const { mode } of out) expect(mode).toBe(0o100644);
});

test('the same files make the same zip', () => {
  expect(zip(FILES).equals(zip(FILES))).toBe(true);
});

test('whatever is over its budget is said', () => {
  expect(over(BUDGET)).toEqual([]);
  expect(over({ ...BUDGET, mainModules: BUDGET.mainModules + 1 })).toEqual([
    `mainModules is ${BUDGET.mainModules + 1}, and the budget is ${BUDGET.mainModules}`,
  ]);
  expect(over({ zipBytes: 1e9, mainBytes: 1e9, mainModules: 1e9 })).toHaveLength(3);
});

test('.funcignore lets through what is packed, and azd is told to pack that and to build nothing', () => {
  expect(readFileSync(join(ROOT, '.funcignore'), 'utf8')).toBe(ignoreFile());
  const azd = readFileSync(join(ROOT, 'azure.yaml'), 'utf8');
  expect(azd).toContain('project: dist/package');
  expect(azd).toContain('remoteBuild: false');
});

test('our lines and requests are never sampled away: alerts count them', () => {
  const { logging } = JSON.parse(readFileSync(join(ROOT, 'host.json'), 'utf8'));
  expect(logging.applicationInsights.samplingSettings.excludedTypes).toBe('Request;Trace');
});
