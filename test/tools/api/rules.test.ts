import { describe, expect, test } from 'vitest';
import { findings, RULE_NAMES, type RuleName } from '../../../tools/api/rules.ts';
import { theDocument } from '../../support/described.ts';

/** The document as anybody may spoil it. */
// biome-ignore lint/suspicious/noExplicitAny: each fault reaches into another corner of it
type Spoiled = any;

const ITEM = '/api/vaults/{vault}/items/{item}';

/** For each rule what breaks it, and what is then said. */
const FAULTS: Readonly<Record<RuleName, readonly [spoil: (document: Spoiled) => void, said: RegExp]>> = {
  'operation ids are unique and camelCase': [
    ({ paths }) => {
      paths[ITEM].get.operationId = 'getVault';
    },
    /getVault is there twice/,
  ],
  'segments and names in paths are camelCase': [
    ({ paths }) => {
      paths['/api/dead_letters'] = {};
    },
    /dead_letters/,
  ],
  'fields are camelCase': [
    ({ components }) => {
      components.schemas.Vault.properties.soft_delete = { type: 'string', description: 'No.' };
    },
    /Vault\.soft_delete/,
  ],
  'everything is described': [
    ({ components }) => {
      delete components.schemas.Vault.properties.counts.description;
    },
    /Vault\.counts/,
  ],
  'names in a path are its parameters': [({ paths }) => paths[ITEM].get.parameters.shift(), /getItem has vault,item/],
  'lists answer value and nextLink, and page': [
    ({ components }) => {
      delete components.schemas.VaultList.properties.nextLink;
    },
    /listVaults answers value/,
  ],
  'collections are plural': [
    ({ paths }) => {
      paths['/api/vault'] = { get: { ...paths['/api/vaults'].get, operationId: 'listVault' } };
    },
    /listVault lists vault$/,
  ],
  'refusals have the envelope and its header': [
    ({ paths }) => {
      paths[ITEM].get.responses['404'] = { description: 'No.' };
    },
    /getItem 404 has no error envelope/,
  ],
  'every answer bears the request id': [
    ({ paths }) => {
      paths[ITEM].get.responses['200'].headers = {};
    },
    /getItem 200/,
  ],
  'every operation may be refused to strangers, and break': [
    ({ paths }) => {
      delete paths[ITEM].get.responses['401'];
    },
    /getItem has no 401/,
  ],
  'the api-version can be named': [
    ({ paths }) => {
      paths['/api/vaults'].get.parameters = [];
    },
    /listVaults takes no api-version/,
  ],
  'If-Match and 412 come together': [
    ({ paths }) => {
      delete paths[ITEM].put.responses['412'];
    },
    /protectItem takes If-Match, and never answers 412/,
  ],
  'PUT answers 200, and DELETE one thing, or 202 where it comes later': [
    ({ paths }) => {
      paths[ITEM].put.responses = { 204: paths[ITEM].put.responses['200'] };
    },
    /protectItem PUT answers 204/,
  ],
  'GET takes no body': [
    ({ paths }) => {
      paths[ITEM].get.requestBody = { content: {} };
    },
    /getItem has a body/,
  ],
  'what is taken or answered has an example': [
    ({ paths }) => {
      paths[ITEM].put.requestBody.content['application/json'].examples = {};
    },
    /protectItem takes: no example/,
  ],
  'examples are as their schemas say': [
    ({ components }) => {
      components.examples.Vault.value.kind = 'Cellar';
    },
    /getVault 200 Vault.*kind/,
  ],
  'objects have names': [
    ({ components }) => {
      components.schemas.Vault.properties.counts = { type: 'object', properties: {}, description: 'No.' };
    },
    /Vault/,
  ],
  'no schema is there twice': [
    ({ components }) => {
      components.schemas.Hold2 = { ...components.schemas.Hold, description: 'The same.' };
    },
    /Hold2 is Hold/,
  ],
  'every schema is used': [
    ({ components }) => {
      components.schemas.Spare = { type: 'string', description: 'No.' };
    },
    /Spare/,
  ],
};

test('the document breaks no rule', () => {
  expect(findings(theDocument)).toEqual([]);
});

describe('a fault is found by the rule', () => {
  test.each(RULE_NAMES)('%s', (name) => {
    const document = structuredClone(theDocument);
    const [spoil, said] = FAULTS[name];
    spoil(document);
    expect(
      findings(document, [name])
        .map(({ finding }) => finding)
        .join('\n'),
    ).toMatch(said);
  });
});
