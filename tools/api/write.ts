import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { movableClock } from '../../src/clock.ts';
import { routesOf } from '../../src/http/routes.ts';
import { documentOf } from './document.ts';
import type { ApiDocument } from './openapi.ts';
import { pageOf } from './page/page.ts';

const LIMITS = { maxPurges: 1000, budgetSeconds: 60 };

/** A local run has every route that there is. */
export const localDocument = (): ApiDocument => documentOf(routesOf(movableClock(), LIMITS, 'local'));
export const deployedDocument = (): ApiDocument => documentOf(routesOf(undefined, LIMITS));

/** The API document and its page as files, from which `src/http/service/routes.ts` serves them. */
export function writeDocuments(dist: string): void {
  for (const [name, document] of [
    ['api-local', localDocument()],
    ['api', deployedDocument()],
  ] as const) {
    const folder = join(dist, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'openapi.json'), JSON.stringify(document));
    writeFileSync(join(folder, 'docs.html'), pageOf(document));
    copyFileSync(join(import.meta.dirname, 'page', 'style.css'), join(folder, 'docs.css'));
  }
}
