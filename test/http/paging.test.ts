import { describe, expect, test } from 'vitest';
import { cut, gather } from '../../src/flows/story/pages.ts';
import { listReply, startOf } from '../../src/http/reply.ts';

const start = (continuation?: string) => startOf({ continuation });
const encoded = (text: string) => Buffer.from(text, 'utf8').toString('base64url');
const url = new URL('https://reprieve.example.com/api/vaults/v/items?top=2&state=Protected');

const linkOf = (last: string): URL => {
  const { body } = listReply([], { last }, url);
  return new URL((body as { nextLink: string }).nextLink);
};

describe('a continuation', () => {
  test('leads to where the page ended, whatever the key looks like', () => {
    for (const last of ['a', 'sql-01', 'a.b_c-d', '0000123!uuid', 'x'.repeat(300)])
      expect(start(linkOf(last).searchParams.get('continuation') ?? '')).toEqual({ ok: true, value: last });
  });

  test('shows nothing of the key, and keeps the rest of the query', () => {
    const link = linkOf('sql-01');
    expect(link.href).not.toContain('sql-01');
    expect(link.origin + link.pathname).toBe('https://reprieve.example.com/api/vaults/v/items');
    expect(link.searchParams.get('state')).toBe('Protected');
    expect(link.searchParams.get('top')).toBe('2');
  });

  test('replaces the one before', () => {
    const second = listReply([], { last: 'b' }, linkOf('a')).body as { nextLink: string };
    expect(new URL(second.nextLink).searchParams.getAll('continuation')).toEqual([encoded('b')]);
  });

  test('may be absent', () => {
    expect(start()).toEqual({ ok: true, value: undefined });
  });

  test.for([
    '',
    ' ',
    '!',
    '+/=',
    'a b',
    encoded('a/b'),
    encoded("a' or '1"),
    encoded('A'),
    encoded('\u0000'),
    encoded('é'),
    'x'.repeat(2001),
  ])('%j was made up', (continuation) => {
    expect(start(continuation)).toMatchObject({
      ok: false,
      refusal: { code: 'InvalidRequest', target: '?continuation' },
    });
  });
});

test('a link has one continuation, however the last one was spelled', () => {
  const { body } = listReply(
    [{ name: 'a' }],
    { last: 'a' },
    new URL('https://app.test/api/vaults?TOP=1&Continuation=old'),
  );
  expect('nextLink' in body && [...new URL(body.nextLink).searchParams]).toEqual([
    ['TOP', '1'],
    ['continuation', encoded('a')],
  ]);
});

test('the last page has no link', () => {
  expect(listReply([{ name: 'a' }], { last: undefined }, url)).toEqual({
    status: 200,
    body: { value: [{ name: 'a' }] },
  });
});

test('what cannot be read is named, and nothing is said where all can be', () => {
  const page = { last: undefined, unreadable: ['b'] };
  expect(listReply([{ name: 'a' }], page, url).body).toEqual({ value: [{ name: 'a' }], unreadable: [{ name: 'b' }] });
  expect(listReply([], { ...page, unreadable: [] }, url).body).toEqual({ value: [] });
});

describe('a cut of what is in memory', () => {
  const all = ['c', 'a', 'e', 'b', 'd'];
  const page = (after: string | undefined, top: number) => cut(all, (one) => one, { after, top });

  test.for([
    [undefined, 2, ['a', 'b'], 'b'],
    ['b', 2, ['c', 'd'], 'd'],
    ['d', 2, ['e'], undefined],
    ['c', 2, ['d', 'e'], undefined],
    [undefined, 5, ['a', 'b', 'c', 'd', 'e'], undefined],
    ['bb', 1, ['c'], 'c'],
    ['z', 5, [], undefined],
  ] as const)('after %s, %i at most', ([after, top, shown, last]) => {
    expect(page(after, top)).toEqual({ shown, last, unreadable: [] });
  });

  test('what cannot be read has its place among the others, and is on one page', () => {
    const pages = (after?: string) => cut(all, (one) => one, { after, top: 2 }, ['ab', 'f']);
    expect(pages()).toEqual({ shown: ['a'], unreadable: ['ab'], last: 'ab' });
    expect(pages('ab')).toEqual({ shown: ['b', 'c'], unreadable: [], last: 'c' });
    expect(pages('d')).toEqual({ shown: ['e'], unreadable: ['f'], last: undefined });
  });
});

describe('a page gathered from stretches', () => {
  /** Stretches of two names, of which only the vowels are wanted. */
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'i', 'o'];
  const gathered = async (after: string | undefined, top: number) => {
    const reads: (string | undefined)[] = [];
    const read = async (from: string | undefined) => {
      reads.push(from);
      const rest = names.filter((one) => from === undefined || one > from);
      const [found, more] = [rest.slice(0, 2), rest.length > 2];
      return { found: found.filter((one) => 'aeiou'.includes(one)), last: more ? found.at(-1) : undefined };
    };
    return { ...(await gather(read, (one) => one, { after, top })), reads };
  };

  test.for([
    [undefined, 1, ['a'], 'a', [undefined, 'b', 'd']],
    [undefined, 2, ['a', 'e'], 'e', [undefined, 'b', 'd', 'f']],
    ['e', 2, ['i', 'o'], undefined, ['e', 'i']],
    [undefined, 9, ['a', 'e', 'i', 'o'], undefined, [undefined, 'b', 'd', 'f']],
    ['o', 9, [], undefined, ['o']],
  ] as const)('after %s, %i at most', async ([after, top, shown, last, reads]) => {
    expect(await gathered(after, top)).toEqual({ shown, last, reads, unreadable: [] });
  });
});
