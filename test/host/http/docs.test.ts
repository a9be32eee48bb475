import { describe, expect, test } from 'vitest';
import { hasBrowser, openPage, takeRepeatsAway, violations } from '../../support/browser.ts';
import { call } from '../../support/call.ts';
import { theDocument } from '../../support/described.ts';
import { sharedService } from '../../support/service.ts';

const service = await sharedService();
const operations = Object.values(theDocument.paths).flatMap((verbs) => Object.values(verbs));

test('the document is served to anyone, as it is made from the sources', async () => {
  const { status, headers, body } = await call(service.api, 'GET', '/api/openapi.json');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(body).toEqual(JSON.parse(JSON.stringify(theDocument)));
});

test('the page has a section for every operation and every schema, and asks other hosts for nothing', async () => {
  const { headers, body } = await call<string>(service.api, 'GET', '/api/docs');
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self'; img-src 'self';/);
  for (const { operationId } of operations as readonly { operationId?: string }[])
    expect(body).toContain(`<section id="${operationId}"`);
  for (const name of Object.keys(theDocument.components.schemas)) expect(body).toContain(`id="schema-${name}"`);
  expect(body).not.toMatch(/<script|<style| style=|https?:\/\/[^"]*\.(?:js|css)/);
});

test('every link of the page leads somewhere', async () => {
  const { body } = await call<string>(service.api, 'GET', '/api/docs');
  const all = [...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  const ids = new Set(all);
  expect(all).toHaveLength(ids.size);
  const inside = [...body.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  expect(inside.length).toBeGreaterThan(operations.length);
  expect(inside.filter((id) => !ids.has(id))).toEqual([]);
  for (const [, path = ''] of body.matchAll(/(?:href|src)="(\/[^"]+)"/g))
    expect((await fetch(new URL(path, service.api))).status, path).toBe(200);
});

describe.skipIf(!hasBrowser)('in a browser the page', () => {
  test.each(['light', 'dark'] as const)('is open to everybody, in %s', async (shade) => {
    const { page, errors } = await openPage({ shade });
    await page.goto(`${service.api}/api/docs`);
    expect(await takeRepeatsAway(page)).toBeGreaterThan(50);
    expect(await violations(page, shade === 'light' ? 'all' : 'colours')).toEqual([]);
    expect(await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')).toBe(
      shade === 'light' ? 'rgb(255, 255, 255)' : 'rgb(31, 31, 31)',
    );
    expect(errors).toEqual([]);
  });

  test('fits a phone', async () => {
    const { page } = await openPage({ width: 390 });
    await page.goto(`${service.api}/api/docs`);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });
});
