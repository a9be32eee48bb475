/** If-Match on every writing route, over tables in memory. test/host/http/etags.test.ts asks through the host. */
import { describe, expect, test } from 'vitest';
import { refused } from '../host/support/door.ts';
import { UNCONDITIONAL, WRITES, type Write, writingRoutes } from '../host/support/writes.ts';
import { serviceInMemory } from './serviceInMemory.ts';

const { door, tables, token } = serviceInMemory();

const send = ({ method, path, body, token }: Write, ifMatch: string) =>
  door(method, path, {
    headers: { 'if-match': ifMatch },
    ...(body ? { body } : {}),
    ...(token === undefined ? {} : { token }),
  });
const etagOf = async ({ of = '' }: Write) => (await door('GET', of)).body.etag;
const CONDITIONAL = Object.entries(WRITES).filter(([name]) => !UNCONDITIONAL.has(name));

test('no writing route is forgotten here', () => {
  expect(Object.keys(WRITES).toSorted()).toEqual(writingRoutes.toSorted());
});

describe.for(CONDITIONAL)('%s', ([, prepare]) => {
  test('with a stale If-Match is refused and changes nothing', async () => {
    const write = await prepare(door, tables, token);
    const { of = '' } = write;
    const before = await door('GET', of);
    expect(await send(write, '"stale"')).toMatchObject(refused(412, 'PreconditionFailed'));
    expect((await door('GET', of)).body).toEqual(before.body);
  });

  test('with the current etag is done', async () => {
    const write = await prepare(door, tables, token);
    expect((await send(write, await etagOf(write))).status).toBeLessThan(300);
  });

  test.for(['*', 'weak', 'list'] as const)('takes a %s If-Match', async (kind) => {
    const write = await prepare(door, tables, token);
    const etag = await etagOf(write);
    const header = { '*': '*', weak: `W/${etag}`, list: `"one", ${etag} , "two"` }[kind];
    expect((await send(write, header)).status).toBeLessThan(300);
  });
});
