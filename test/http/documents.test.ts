import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { documentRoutes } from '../../src/http/service/routes.ts';
import { appOver } from '../support/app.ts';
import { memoryTables } from '../support/tables.ts';
import { portsOver } from '../support/world.ts';

const dist = mkdtempSync(join(tmpdir(), 'documents-'));
afterAll(() => rmSync(dist, { recursive: true }));

/** A build with these folders, each with files that name it. */
function built(name: string, folders: readonly string[]): string {
  for (const folder of folders) {
    const path = join(dist, name, folder);
    mkdirSync(path, { recursive: true });
    for (const file of ['openapi.json', 'docs.html', 'docs.css']) writeFileSync(join(path, file), `"${folder}"`);
  }
  return join(dist, name);
}

const CHECKOUT = built('checkout', ['api', 'api-local']);
const PACKAGE = built('package', ['api']);

test.for<readonly [where: string, isLocal: boolean, from: string, document: string]>([
  ['a local run', true, CHECKOUT, 'api-local'],
  ['the checkout, but no local run', false, CHECKOUT, 'api'],
  ['a package in Azure', false, PACKAGE, 'api'],
  ['a package that runs locally', true, PACKAGE, 'api'],
])('%s has a document, a page and its style', async ([, isLocal, from, document]) => {
  const call = appOver(portsOver(memoryTables()), documentRoutes(isLocal, from));
  for (const [name, type] of [
    ['getApiDocument', 'application/json'],
    ['getApiPage', 'text/html'],
    ['getApiStyle', 'text/css'],
  ] as const) {
    const { status, headers, body } = await call(name, '');
    expect({ status, body, type: headers['content-type'] }, name).toEqual({
      status: 200,
      body: `"${document}"`,
      type: `${type}; charset=utf-8`,
    });
  }
});
