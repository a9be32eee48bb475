import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { core } from '../../../local/host/app/core.ts';

interface Api {
  readonly version: string;
  registerHook(name: string, callback: (context: object) => unknown): { dispose(): void };
}
const registered = core(() => undefined);
const api = registered.api as Api;
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
  expect(used.filter((member) => !Object.hasOwn(api, member))).toEqual([]);
});

test('a library that called something new would be caught', () => {
  const newer = `${library}\n coreApi.registerStream(1);`;
  expect(membersUsed(newer).filter((member) => !Object.hasOwn(api, member))).toEqual(['registerStream']);
  expect(() => Reflect.get(api, 'registerStream')).toThrow(/"registerStream".*does not know/);
  expect(api.version).toMatch(/^3\./);
});

test.each(['preStream', 'preInvocation', 'postInvocation', 'log'])(
  'the hook %s, which this host does not run, is a RangeError that the library recognises',
  (hook) => {
    expect(() => api.registerHook(hook, () => undefined)).toThrow(
      expect.objectContaining({ name: 'RangeError', isAzureFunctionsSystemError: true }),
    );
  },
);

test('the hooks that it runs are called in their order, until they are disposed', async () => {
  const calls: string[] = [];
  const first = api.registerHook('appStart', () => calls.push('first'));
  api.registerHook('appStart', (context) => calls.push(Reflect.get(context, 'functionAppDirectory')));
  await registered.run('appStart', '/app');
  first.dispose();
  await registered.run('appStart', '/app');
  expect(calls).toEqual(['first', '/app', '/app']);
});
