/** A person at the portal: goes somewhere, presses, fills in, and reads what is there once the page has read it. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { violations } from '../../support/browser.ts';

/** The page that is shown first sets the busy sign before this listener is called. */
const GO = `(hash) => new Promise((resolve) => {
  addEventListener('hashchange', () => resolve(), { once: true });
  location.hash = hash;
})`;

/** A page is dimmed until all of it is read; a long list says that it reads more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('.page:not([aria-busy])').waitFor();
  await page.getByText('reading more').waitFor({ state: 'detached' });
}

/** Goes there as a link does. The portal is loaded at the first place, and again where the person is there already. */
export async function goTo(page: Page, origin: string, hash: string): Promise<void> {
  const portal = `${origin}/portal`;
  if (!page.url().startsWith(portal)) await page.goto(`${portal}${hash}`);
  else if (page.url() === `${portal}${hash}`) {
    // a reload would break off what is being read, and that would count as a failed request
    await settled(page);
    await page.reload();
  } else await page.evaluate(`(${GO})(${JSON.stringify(hash)})`);
  await settled(page);
}

export function personAt(page: Page, origin: string) {
  const dialog = page.locator('fluent-dialog');
  const inDialog = (name: string) => dialog.getByRole('button', { name, exact: true });
  const told = (text: string | RegExp) => page.locator('#told').getByText(text).waitFor();
  /** Not before the page has read what it shows: a change of what was shown before would be refused as too late. */
  const press = async (id: string): Promise<void> => {
    await settled(page);
    await page.locator(`#${id}`).click();
  };
  return {
    dialog,
    press,
    go: (hash: string) => goTo(page, origin, hash),
    inDialog,
    /** Some dialogs read first what they ask about. */
    async open(id: string): Promise<void> {
      await press(id);
      await dialog.waitFor({ state: 'attached' });
    },
    fillIn: (id: string, text: string) => page.locator(`#${id}`).locator('input').fill(text),
    told,
    /** The local run asks for a second factor once in a while. What was told before on the same page is no answer. */
    async answered(text: string): Promise<void> {
      const factor = inDialog('Sign in with second factor');
      const asked = factor.waitFor().then(() => factor.click());
      await Promise.race([asked.catch(() => undefined), told(text)]);
      await told(text);
    },
    /** Of one thing or of many, but not before the page has read them: what is not there yet would read as nothing. */
    async texts(of: Locator): Promise<string[]> {
      await settled(page);
      return (await of.allInnerTexts()).map((text) => text.trim());
    },
    /** What is open is open to everybody. */
    async accessible(what: string): Promise<void> {
      await settled(page);
      expect(await violations(page), what).toEqual([]);
    },
  };
}
