import { describe, expect, test } from 'vitest';
import { hasBrowser, openPage, violations } from '../../support/browser.ts';
import { call } from '../../support/call.ts';
import { ok } from '../../support/estate.ts';
import { startService } from '../../support/service.ts';
import { personAt } from './person.ts';

describe.skipIf(!hasBrowser)('executors, at the portal', async () => {
  if (!hasBrowser) return;
  const service = await startService();
  const { page, errors, failed } = await openPage();
  const { go, dialog, inDialog, press, told, answered, texts } = personAt(page, service.api);
  const read = async (path: string) => ok(await call<Record<string, unknown>>(service.api, 'GET', `/api/${path}`));
  const tell = (parameters: string) => page.locator('#parameters').locator('textarea').fill(parameters);
  const rows = () => texts(page.getByRole('table', { name: 'Executors', exact: true }).locator('tbody tr'));

  test('one is made by keyboard alone, and shown', async () => {
    await go('#/executors');
    await page.getByText('There are no executors.').waitFor();
    await page.locator('#do-create').focus();
    await page.keyboard.press('Enter');
    expect(await violations(page), 'the dialog').toEqual([]);
    await page.keyboard.type('blobs');
    await page.keyboard.press('Tab');
    await page.keyboard.type('local/blobs');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await told('Executor blobs is there. Vaults can name it now.');
    expect(await rows()).toEqual([expect.stringContaining('local/blobs')]);
    expect(await read('executors/blobs')).toMatchObject({ callers: [{ tid: 'local', oid: 'blobs' }] });
  });

  test('a vault names it, with parameters that can be taken out again', async () => {
    ok(await call(service.api, 'PUT', '/api/vaults/contoso', { body: { kind: 'Backup' } }));
    await go('#/vaults/contoso');
    await press('do-purges');
    await page.locator('#executor').selectOption('blobs');
    await tell('{"account":"customers","deep":{"a":1,"b":2}}');
    expect(await violations(page), 'the dialog').toEqual([]);
    await inDialog('Save').click();
    await told('The purges of contoso are set.');
    await go('#/vaults/contoso');
    await press('do-purges');
    await tell('{"deep":{"b":2}}');
    await inDialog('Save').click();
    await answered('The purges of contoso are set.');
    expect(await read('vaults/contoso')).toMatchObject({
      purge: { executor: 'blobs', parameters: { deep: { b: 2 } } },
    });
  });

  test('one that is named is not deleted, and says why', async () => {
    await go('#/executors');
    await page.getByRole('button', { name: 'Delete blobs', exact: true }).click();
    await inDialog('Delete').click();
    await dialog.getByText('vault contoso').waitFor();
    await inDialog('Cancel').click();
    expect(await rows()).toHaveLength(1);
    expect([errors, failed.filter((one) => !/401|409/.test(one))]).toEqual([[], []]);
  });
});
