import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { BUDGET, over } from '../../tools/package/budget.ts';
import { ignoreFile } from '../../tools/package/contents.ts';
import { zip } from '../../tools/package/zip.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const bytes = (text: string) => Buffer.from(text);
const FILES = [
  { path: 'host.json', bytes: bytes('{}') },
  { path: 'dist/länger.js', bytes: bytes('x'.repeat(100_000)) },
  { path: 'empty', bytes: bytes('') },
];

/** What the archive's directory says of each file, as a mount of the archive believes it. */
const directoryOf = (archive: Uint8Array) =>
  Buffer.from(archive)
    .toString('latin1')
    .split('PK\u0001\u0002')
    .slice(1)
    .map((line) => Buffer.from(line, 'latin1'))
    .map((line) => ({ os: line[1], crc: line.readUInt32LE(12), mode: line.readUInt32LE(34) >>> 16 }));

test('what goes into a zip comes out of it, readable by everybody', () => {
  const archive = zip(FILES);
  const out = Object.entries(unzipSync(archive)).map(([path, found]) => ({ path, bytes: Buffer.from(found) }));
  expect(out).toEqual(FILES);
  expect(directoryOf(archive)).toEqual(FILES.map((file) => ({ os: 3, crc: crc32(file.bytes), mode: 0o100644 })));
});

test('the same files make the same zip, at any time and in any time zone', () => {
  const made = zip(FILES);
  const zone = process.env['TZ'];
  process.env['TZ'] = 'Pacific/Auckland';
  try {
    expect(Buffer.from(zip(FILES)).equals(made)).toBe(true);
  } finally {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  }
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
