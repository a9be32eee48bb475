import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { coreApi, withDriftAlarm } from '../../../local/host/app/core.ts';
import { hooks } from '../../../local/host/app/hooks.ts';
import { registry } from '../../../local/host/app/registry.ts';

const core = coreApi({ registry: registry(), hooks: hooks(), log: () => undefined });
const library = readFileSync(createRequire(import.meta.url).resolve('@azure/functions'), 'utf8');

/** What the shipped code asks of its host: the variable holds the core wherever the library touches it. */
const membersUsed = (source: string): string[] => [
  ...new Set([...source.matchAll(/\bcoreApi\??\.(\w+)/g)].map(([, member = '']) => member)),
];

test('the library still asks for its core in the one way we answer', () => {
  expect(library.match(/require\("@azure\/functions-core"\)/g)).toHaveLength(1);
  expect(library).toMatch(/coreApi = __webpack_require__\([^)]*"@azure\/functions-core"\)/);
});

test('every core member the library calls is one we have', () => {
  const used = membersUsed(library);
  expect(used).toEqual(expect.arrayContaining(['registerFunction', 'registerHook', 'setProgrammingModel', 'log']));
  expect(used.filter((member) => !Object.hasOwn(core, member))).toEqual([]);
});

test('a library that called something new would be caught', () => {
  const newer = `${library}\n coreApi.registerStream(1);`;
  expect(membersUsed(newer).filter((member) => !Object.hasOwn(core, member))).toEqual(['registerStream']);
  expect(() => Reflect.get(withDriftAlarm(core), 'registerStream')).toThrow(/"registerStream".*does not know/);
  expect(withDriftAlarm(core).version).toBe(core.version);
});

test('a hook the host does not know is a RangeError the library recognises; the known ones register and dispose', async () => {
  expect(() => core.registerHook('preStream', () => undefined)).toThrow(
    expect.objectContaining({ name: 'RangeError', isAzureFunctionsSystemError: true }),
  );
  const calls: string[] = [];
  const mine = hooks();
  const first = mine.register('appStart', () => calls.push('first'));
  mine.register('appStart', () => calls.push('second'));
  await mine.run('appStart', {});
  first.dispose();
  await mine.run('appStart', {});
  expect(calls).toEqual(['first', 'second', 'second']);
});
