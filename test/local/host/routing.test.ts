import { describe, expect, test } from 'vitest';
import { matchTemplate } from '../../../local/host/http/match.ts';
import { sameRoute, shadowedOnAzure } from '../../../local/host/http/overlap.ts';
import { pathSegments } from '../../../local/host/http/path.ts';
import { type Route, router } from '../../../local/host/http/routes.ts';
import { parseTemplate, type Template } from '../../../local/host/http/template.ts';

function template(route: string): Template {
  const parsed = parseTemplate(route);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}
const match = (route: string, path: string) => matchTemplate(template(route), pathSegments(path) ?? []);
const route = (name: string, text: string, methods = ['GET']): Route => ({ name, template: template(text), methods });

describe('a template fits a path', () => {
  test.each([
    ['a/b', '/A/b/', {}],
    ['a/{x}', '/a/1', { x: '1' }],
    ['a/{x?}', '/a', {}],
    ['a/{x=7}', '/a', { x: '7' }],
    ['a/{*rest}', '/a', {}],
    ['a/{**rest}', '/a/b/c', { rest: 'b/c' }],
    ['{from}-{to}', '/x-y-z', { from: 'x-y', to: 'z' }],
    ['f/{name}.{ext?}', '/f/a.txt', { name: 'a', ext: 'txt' }],
    ['{ssn:regex(^\\d{{3}}-\\d{{2}}$)}/x', '/123-45/x', { ssn: '123-45' }],
    ['{a:regex(^[a-z/:]+$)?}', '/b', { a: 'b' }],
    ['', '/', {}],
  ])('%s takes %s', (text, path, values) => expect(match(text, path)).toEqual(values));

  test.each([
    ['a/b', '/a'],
    ['a/b', '/a/b/c'],
    ['a/{x}', '/a'],
    ['a/{x}/b', '/a//b'],
    ['{ssn:regex(^\\d{{3}}$)}', '/1234'],
  ])('%s does not take %s', (text, path) => expect(match(text, path)).toBeUndefined());
});

test.each([
  ['int', '-2147483648', '2147483648'],
  ['long', '9223372036854775807', '9223372036854775808'],
  ['bool', 'TRUE', '1'],
  ['guid', 'CD2C1638-1638-72D5-1638-DEADBEEF1638', 'CD2C1638'],
  ['alpha', 'Abc', 'a1'],
  ['double', '-1,001.5e3', 'x'],
  ['decimal', '49.99', '4.9.9'],
  ['datetime', '2026-11-21', 'someday'],
  ['minlength(2)', 'ab', 'a'],
  ['maxlength(2)', 'ab', 'abc'],
  ['length(3)', 'abc', 'ab'],
  ['length(2,3)', 'abc', 'abcd'],
  ['min(5)', '5', '4'],
  ['max(5)', '5', '6'],
  ['range(1,5)', '3', '6'],
  ['regex(^x)', 'Xy', 'yx'],
  ['required', 'x', undefined],
  ['int:range(1,5)', '5', '5.0'],
  ['file', 'a.txt', 'a'],
  ['nonfile', 'a', 'a.txt'],
])('the constraint %s takes %s and not %s', (name, good, bad) => {
  expect(match(`{v:${name}}`, `/${good}`)).toEqual({ v: good });
  if (bad !== undefined) expect(match(`{v:${name}}`, `/${bad}`)).toBeUndefined();
});

test.each([
  '{',
  '{}',
  'a//b',
  '{x',
  '{a}/{A}',
  '{*rest}/b',
  'x{*rest}',
  '{a?}/b',
  '{a:nonsense}',
  '{a:length(x)}',
  '{a:regex([)}',
])('the template %s is refused', (text) => expect(parseTemplate(text)).toHaveProperty('problem'));

describe('paths', () => {
  test.each([
    ['/a%20b/%C3%A9', ['a b', 'é']],
    ['/a%2Fb%2fc', ['a%2Fb%2fc']],
    ['/%C3%A9%2F%20%2f', ['é%2F %2f']],
    ['/%', ['%']],
    ['/%zz%41%ff', ['%zzA%ff']],
    ['/%E2%82/%E2%82%AC', ['%E2%82', '€']],
    ['/a/../b/./c', ['b', 'c']],
    ['/../../x', ['x']],
    ['/%2e%2e/x', ['x']],
    ['/', []],
  ])('%s', (path, segments) => expect(pathSegments(path)).toEqual(segments));

  test('a NUL is refused', () => expect(pathSegments('/a%00')).toBeUndefined());
});

describe('precedence', () => {
  const routes = [
    route('aCatchAll', 'v/{*rest}'),
    route('bFree', 'v/{id}'),
    route('cNumber', 'v/{id:int}'),
    route('dLiteral', 'v/recent'),
    route('eDeeper', 'v/{id}/items'),
    route('fPost', 'v/recent', ['POST']),
  ];
  const winner = (method: string, path: string) => router(routes)(method, pathSegments(path) ?? [])?.route.name;

  test.each([
    ['/v/recent', 'dLiteral'],
    ['/v/7', 'cNumber'],
    ['/v/x', 'bFree'],
    ['/v/x/items', 'eDeeper'],
    ['/v/x/y', 'aCatchAll'],
    ['/w', undefined],
  ])('%s belongs to %s', (path, name) => expect(winner('GET', path)).toBe(name));

  test('the method chooses among equal routes, and a method nobody lists is no match', () => {
    expect(winner('post', '/v/recent')).toBe('fPost');
    expect(winner('DELETE', '/v/recent')).toBeUndefined();
  });

  test('equals are settled by name, so the answer never depends on the order of registration', () => {
    const pair = [route('z', '{a}'), route('b', '{c}')];
    expect(router(pair)('GET', ['x'])?.route.name).toBe('b');
    expect(router(pair.reverse())('GET', ['x'])?.route.name).toBe('b');
  });
});

describe('what Azure would do differently', () => {
  test('a parameter whose function sorts first hides a literal', () => {
    const routes = [route('recent', 'items/recent'), route('item', 'items/{id}')];
    expect(shadowedOnAzure(routes)).toEqual([{ winsHere: 'recent', winsOnAzure: 'item' }]);
  });

  test.each([
    ['the names are in order', route('a', 'items/recent'), route('b', 'items/{id}')],
    ['a constraint keeps them apart', route('recent', 'items/recent'), route('item', 'items/{id:guid}')],
    ['the methods differ', route('recent', 'items/recent'), route('item', 'items/{id}', ['POST'])],
    ['the lengths differ', route('recent', 'items/recent'), route('item', 'items/{id}/parts')],
    ['another literal follows', route('x', 'a/{id}/stop'), route('b', 'a/{id}/resume')],
  ])('no warning when %s', (_why, a, b) => expect(shadowedOnAzure([a, b])).toEqual([]));

  test('a catch-all or an optional part reaches further', () => {
    expect(shadowedOnAzure([route('z', 'a/b/c'), route('all', 'a/{*rest}')])).toHaveLength(1);
    expect(shadowedOnAzure([route('z', 'a/{id?}'), route('y', 'a')])).toEqual([]);
    expect(shadowedOnAzure([route('z', 'a'), route('y', 'a/{id?}')])).toHaveLength(1);
  });

  test('the same route twice is a conflict only with a common method', () => {
    expect(sameRoute(route('a', 'X/{id}'), route('b', 'x/{ID}'))).toBe(true);
    expect(sameRoute(route('a', 'x'), route('b', 'x', ['POST']))).toBe(false);
  });
});
