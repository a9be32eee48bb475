import { expect, test } from 'vitest';
import { readFindings } from '../../tools/infra/reads.ts';
import { templateOf } from '../../tools/infra/template.ts';
import type { Known } from '../../tools/infra/typeData.ts';
import { typeFindings } from '../../tools/infra/types.ts';
import { parse } from './broken.ts';

/** As the program of Azure's types prints it, only smaller. */
const KNOWN: Known = {
  version: '2025-01-01',
  entries: [
    {
      $type: 'Resource',
      name: 'Test/things@2025-01-01',
      bodyType: {
        $type: 'Object',
        name: 'Test/things',
        properties: [
          { name: 'id', type: 'string', flags: 'ReadOnly, DeployTimeConstant' },
          { name: 'location', type: 'string', flags: 'Required' },
          { name: 'tags', type: 'Tags' },
          { name: 'properties', type: 'Thing' },
        ],
      },
    },
    { $type: 'Object', name: 'Tags', properties: [], additionalPropertiesType: 'string' },
    {
      $type: 'Object',
      name: 'Thing',
      properties: [
        { name: 'size', type: 'int' },
        { name: 'kind', type: 'Big | Small' },
        { name: 'open', type: 'bool' },
        { name: 'parts', type: 'Thing[]' },
        { name: 'where', type: 'Place' },
        { name: 'state', type: 'string', flags: 'ReadOnly' },
      ],
    },
    {
      $type: 'DiscriminatedObject',
      name: 'Place',
      discriminator: 'at',
      baseProperties: [{ name: 'note', type: 'string' }],
      elements: [
        {
          $type: 'Object',
          name: 'Sea',
          properties: [
            { name: 'at', type: 'Sea' },
            { name: 'depth', type: 'int' },
          ],
        },
        { $type: 'Object', name: 'Land', properties: [{ name: 'at', type: 'Land' }] },
      ],
    },
  ],
};

const said = (properties: string, rest = "location: 'x'", type = 'Test/things@2025-01-01') => {
  const text = `resource thing '${type}' = {\n  name: 'n'\n  ${rest}\n  properties: { ${properties} }\n}\n`;
  return typeFindings(templateOf('a.bicep', parse(text)), new Map([['Test/things', KNOWN]]));
};

test('what fits is not complained of', () => {
  const parts = "parts: [{ size: 1, kind: 'Big' }, { open: true }]";
  expect(said(`${parts}, where: { at: 'Sea', depth: 2, note: 'x' }, size: length('a'), kind: other`)).toEqual([]);
  expect(said('parts: [for one in all: { size: one }]', "location: 'x'\n  tags: { a: 'b' }\n  parent: p")).toEqual([]);
});

test.for([
  ['sise: 1', /properties\.sise: there is no such property/],
  ["size: 'big'", /'big' is not int/],
  ["kind: 'Medium'", /'Medium' is not Big \| Small/],
  ["open: 'yes'", /'yes' is not bool/],
  ["state: 'new'", /state is read-only/],
  ["parts: 'many'", /parts is a list/],
  ['parts: [{ sise: 1 }]', /parts\.sise/],
  ['parts: [for one in all: { sise: one }]', /parts\.sise/],
  ["where: 'here'", /where is an object/],
  ["where: { at: 'Land', depth: 2 }", /where\.depth: there is no such property/],
  ["where: { at: 'Air' }", /'Air' is not one of the known shapes/],
] as const)('%s', ([properties, finding]) => {
  expect(said(properties).join('\n')).toMatch(finding);
});

test('what is required and missing, and a version without types', () => {
  expect(said('', '')).toEqual(['a.bicep: thing: location is required']);
  expect(said('', '', 'Test/things@2020-01-01').join()).toMatch(
    /2020-01-01 .* is not the one with known types, 2025-01-01/,
  );
});

test('what is read off a resource has to be there', () => {
  const read = (path: string) => {
    const text = `resource thing 'Test/things@2025-01-01' existing = { name: 'n' }\noutput o string = ${path}\n`;
    return readFindings(templateOf('a.bicep', parse(text)), new Map([['Test/things', KNOWN]]));
  };
  expect(read('thing.properties.state')).toEqual([]);
  expect(read('thing.tags.anything')).toEqual([]);
  expect(read('thing.properties.staet')).toEqual(['a.bicep:2: Test/things has no properties.staet']);
  expect(read('thing.properties.state.more')).toEqual(['a.bicep:2: Test/things has no properties.state.more']);
});
