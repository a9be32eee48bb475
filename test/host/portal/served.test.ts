import { expect, test } from 'vitest';
import { startService } from '../../support/service.ts';

const BUDGET_BYTES = 150 * 1024;

const { api } = await startService();

test('GET /portal answers the page, with a policy that lets in no foreign and no inline script', async () => {
  const page = await fetch(`${api}/portal`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toMatch(/unsafe|\*/);
  const html = await page.text();
  const scripts = [...html.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)];
  expect(scripts).toHaveLength(1);
  expect(scripts.map(([, attributes, inline]) => [/ src="\/portal\/[^"]+"/.test(attributes ?? ''), inline])).toEqual([
    [true, ''],
  ]);
  expect(html).not.toMatch(/\sstyle=|\son\w+=|https?:\/\//);
});

test('its script, with all that is loaded to sign in, is small', async () => {
  const html = await (await fetch(`${api}/portal`)).text();
  const [, script = ''] = /<script[^>]* src="([^"]+)"/.exec(html) ?? [];
  const seen = new Set([script]);
  let total = 0;
  for (const path of seen) {
    const answer = await fetch(`${api}${path}`);
    expect(answer.status, path).toBe(200);
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    total += Number(answer.headers.get('content-length'));
    for (const [, name] of (await answer.text()).matchAll(/"\.\/([\w-]+\.js)"/g)) seen.add(`/portal/${name}`);
  }
  expect(total).toBeGreaterThan(10_000);
  expect(total).toBeLessThan(BUDGET_BYTES);
});

test('the API stands where it stood, and the portal tells how to sign in', async () => {
  expect((await fetch(`${api}/api/vaults`)).status).toBe(200);
  expect((await fetch(`${api}/vaults`)).status).toBe(404);
  expect(await (await fetch(`${api}/portal/config.json`)).json()).toMatchObject({ mode: 'local' });
  expect((await fetch(`${api}/portal/main.ts`)).status).toBe(404);
});
