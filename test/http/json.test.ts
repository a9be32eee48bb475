import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/http/parse.ts';

const parse = (text: string | Uint8Array, type: string | null = 'application/json') =>
  parseJson(typeof text === 'string' ? new TextEncoder().encode(text) : text, type);

const repeatedIn = (text: string): readonly string[] | unknown => {
  const outcome = parse(text);
  return outcome.ok ? outcome.value : outcome.refusal.details?.map(({ target }) => target);
};

describe('what is JSON comes through', () => {
  test.for([
    '{}',
    '[]',
    '"text"',
    '0',
    'null',
    '{"a":{"b":[1,2,{"c":null}]}}',
    ' \n\t{ "a" : 1 } ',
    '{"a":"{\\"a\\":1,\\"a\\":2}","b":"}]{[,:"}',
    '{"a":"\\\\","b":"\\"","c":"a\\\\\\"b"}',
    '[{"a":1},{"a":2}]',
    '{"a":{"x":1},"b":{"x":2},"x":3}',
    '{"a":[{"b":1},[{"b":2}]],"b":3}',
    '{"a":"a","b":"a:a,a"}',
    '{"":1," ":2}',
    '{"a":1,"A":2}',
  ])('%s', (text) => {
    expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) });
  });

  test('__proto__ is a field like any other, and stays one', () => {
    const outcome = parse('{"__proto__":{"admin":true}}');
    expect(outcome.ok && Object.keys(outcome.value as object)).toEqual(['__proto__']);
    expect({}).not.toHaveProperty('admin');
  });
});

describe('a field said twice', () => {
  test.for([
    ['{"a":1,"a":1}', ['$.a']],
    ['{"a":1,"\\u0061":2}', ['$.a']],
    ['{"\\u0061":1,"\\u0061":2}', ['$.a']],
    ['{"a\\/b":1,"a/b":2}', ['$.a/b']],
    ['{"\\ud83d\\udcbe":1,"💾":2}', ['$.💾']],
    ['{"__proto__":1,"__proto__":2}', ['$.__proto__']],
    ['{"":1,"":2}', ['$.']],
    ['{"a":{"b":1,"c":{},"b":2}}', ['$.a.b']],
    ['[{"a":1},{"a":1,"a":2}]', ['$[1].a']],
    ['{"a":[0,[1,{"b":1,"b":2}]]}', ['$.a[1][1].b']],
    ['{"a":{"a":{"a":1}},"a":2}', ['$.a']],
    ['{"a":"{","b":"}","a":"]"}', ['$.a']],
    ['{"a":1,"b":1,"a":2,"b":2,"a":3}', ['$.a', '$.b']],
    ['{"a":[{"x":1,"x":2},{"y":1}],"b":{"z":1,"z":2}}', ['$.a[0].x', '$.b.z']],
  ] as const)('%s is refused by its path', ([text, paths]) => {
    expect(repeatedIn(text)).toEqual(paths);
  });

  test('is found deep down, in little time', () => {
    const depth = 5000;
    const text = `${'{"a":['.repeat(depth)}{"b":1,"b":2}${']}'.repeat(depth)}`;
    const before = process.cpuUsage();
    expect(repeatedIn(text)).toEqual([`$${'.a[0]'.repeat(depth)}.b`]);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000);
  });
});

describe('what is refused', () => {
  const codeOf = (...given: Parameters<typeof parse>) => {
    const outcome = parse(...given);
    return outcome.ok ? 'taken' : outcome.refusal.code;
  };

  test.for([
    '',
    '{',
    '}',
    '{"a":1,}',
    "{'a':1}",
    '{a:1}',
    '01',
    'NaN',
    'undefined',
    '{} {}',
    '// {}',
    '"\n"',
    '\u0000',
    ' ',
  ])('%j is no JSON', (text) => {
    expect(parse(text)).toMatchObject({ ok: false, refusal: { code: 'InvalidRequest', target: '$' } });
  });

  test.for([[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]])(
    'bytes that are no UTF-8: %j',
    (bytes) => {
      expect(codeOf(Buffer.concat([Buffer.from('"'), Buffer.from(bytes), Buffer.from('"')]))).toBe('InvalidRequest');
    },
  );

  test('more than 64 KiB, before anything else about it', () => {
    expect(codeOf('1'.padEnd(65_536))).toBe('taken');
    expect(codeOf('1'.padEnd(65_537))).toBe('RequestTooLarge');
    expect(codeOf('{'.repeat(65_537), 'text/plain')).toBe('RequestTooLarge');
  });

  test.for([
    ['application/json', 'taken'],
    ['APPLICATION/JSON;charset=utf-8', 'taken'],
    ['application/json; charset="UTF-8"; x=y', 'taken'],
    ['application/merge-patch+json', 'taken'],
    ['application/json; charset=latin1', 'UnsupportedMediaType'],
    ['application/problem+json', 'UnsupportedMediaType'],
    ['text/plain', 'UnsupportedMediaType'],
    ['multipart/form-data; boundary=application/json', 'UnsupportedMediaType'],
    ['', 'UnsupportedMediaType'],
    [null, 'UnsupportedMediaType'],
  ] as const)('the content type %s: %s', ([type, code]) => {
    expect(codeOf('{}', type)).toBe(code);
  });
});
