import { describe, expect, test } from 'vitest';
import { decodedPath, segmentsOf } from '../../../local/host/http/request.ts';
import {
  matchTemplate,
  parseTemplate,
  type Route,
  router,
  sameRoute,
  type Template,
} from '../../../local/host/http/routes.ts';

function template(route: string): Template {
  const parsed = parseTemplate(route);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}
const pathSegments = (path: string) => segmentsOf(decodedPath(path) ?? '');
const match = (route: string, path: string) => matchTemplate(template(route), pathSegments(path));
const route = (name: string, text: string, methods = ['GET']): Route => ({ name, template: template(text), methods });

describe('a template fits a path', () => {
  test.each([
    ['a/b', '/A/b/', {}],
    ['a/{x}', '/a/1', { x: '1' }],
    ['a/{*rest}', '/a', {}],
    ['a/{**rest}', '/a/b/c', { rest: 'b/c' }],
    ['', '/', {}],
  ])('%s takes %s', (text, path, values) => expect(match(text, path)).toEqual(values));

  test.each([
    ['a/b', '/a'],
    ['a/b', '/a/b/c'],
    ['a/{x}', '/a'],
    ['a/{x}/b', '/a//b'],
    ['a/{*rest}', '/b'],
    ['a/{*rest}', '/a//b'],
    ['{*rest}', '//a'],
    ['{*rest}', '/a//'],
  ])('%s does not take %s', (text, path) => expect(match(text, path)).toBeUndefined());
});

test.each([
  ...['{', '{}', 'a//b', '{x', '{a}/{A}', '{*rest}/b', 'x{*rest}'],
  ...['{x?}', '{x=7}', '{x:int}', '{from}-{to}', 'f{x}', '*'],
])('the template %s is refused: wrong, or more than this host knows', (text) =>
  expect(parseTemplate(text)).toHaveProperty('problem'),
);

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

  test('a NUL is refused', () => expect(decodedPath('/a%00')).toBeUndefined());
});

describe('of several routes that fit', () => {
  const routes = [
    route('zRest', 'v/{*rest}'),
    route('bFree', 'v/{id}'),
    route('aLiteral', 'v/recent'),
    route('cDeeper', 'v/{id}/items'),
    route('dPost', 'v/recent', ['POST']),
    route('eHidden', 'v/oldest'),
  ];
  const winner = (method: string, path: string) => router(routes)(method, pathSegments(path) ?? [])?.route.name;

  test.each([
    ['/v/recent', 'aLiteral'],
    ['/v/x', 'bFree'],
    ['/v/oldest', 'bFree'],
    ['/v/x/items', 'cDeeper'],
    ['/v/x/y', 'zRest'],
    ['/w', undefined],
  ])('%s belongs to %s, the first by name', (path, name) => expect(winner('GET', path)).toBe(name));

  test('the method chooses among equal routes, and a method nobody lists is no match', () => {
    expect(winner('post', '/v/recent')).toBe('dPost');
    expect(winner('DELETE', '/v/recent')).toBeUndefined();
  });

  test('the order of registration makes no difference, nor does the case of names', () => {
    const pair = [route('Z', '{a}'), route('b', '{c}')];
    expect(router(pair)('GET', ['x'])?.route.name).toBe('b');
    expect(router(pair.toReversed())('GET', ['x'])?.route.name).toBe('b');
  });
});

test('the same route twice is a conflict only with a common method', () => {
  expect(sameRoute(route('a', 'X/{id}'), route('b', 'x/{ID}'))).toBe(true);
  expect(sameRoute(route('a', 'x'), route('b', 'x', ['POST']))).toBe(false);
  expect(sameRoute(route('a', 'x'), route('b', 'y'))).toBe(false);
});
