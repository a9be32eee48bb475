/** A notice names alerts of any vaults: a sweep tells what it did in all of them by few messages. */
import { describe, expect, test } from 'vitest';
import { takeNotice } from '../../../src/flows/notify/queue.ts';
import type { Mail } from '../../../src/ports/alerts.ts';
import { aVault } from '../../support/builders.ts';
import { allDue } from '../../support/stores.ts';
import { newHead, type World } from '../../support/world.ts';
import { anOffice, OPS, VAULT } from './office.ts';

const OTHERS = ['Fabrikam', 'Northwind'];
const EVERYBODY = { recipients: [OPS], owners: [] };

/** Mails whose subject names one of these are not even tried: the mailer itself breaks. */
const breaking =
  (broken: ReadonlySet<string>) =>
  (ports: World): World => ({
    ...ports,
    mailer: {
      send: async (mail: Mail) => {
        if ([...broken].some((vault) => mail.text.includes(vault))) throw new Error('no network');
        return ports.mailer.send(mail);
      },
    },
  });

async function aCountry(over?: (ports: World) => World) {
  const office = await anOffice({ alerts: EVERYBODY, ...(over ? { over } : {}) });
  for (const name of OTHERS) {
    const alerts = { ...aVault().alerts, ...EVERYBODY };
    await office.ports.commit(newHead(aVault({ name, id: name, alerts })));
  }
  const ids: string[] = [];
  // The same item in each of them.
  for (const vault of [VAULT, ...OTHERS]) ids.push(...(await office.raise('PurgeComplete', { vault, item: 'vm' })));
  const told = async () => {
    const rows = await Promise.all(
      ids.map(async (id) => (await office.ports.alerts.get(id.split('~')[0] ?? null, id))?.value.notifications),
    );
    return rows.map((row) => row?.map(({ status }) => status).join());
  };
  return { ...office, ids, told };
}

describe('a notice of alerts in three vaults', () => {
  test('tells each of them', async () => {
    const { take, told, ids } = await aCountry();
    await take({ v: 2, vault: null, alerts: ids });
    expect(await told()).toEqual(['Sent', 'Sent', 'Sent']);
  });

  test('of before, of one vault, tells that one', async () => {
    const { take, told, ids } = await aCountry();
    await take({ vault: 'Fabrikam', alerts: ids.slice(1, 2) });
    expect(await told()).toEqual(['Queued', 'Sent', 'Queued']);
  });

  test('that fails in part comes back for what is left only', async () => {
    const broken = new Set(['Fabrikam']);
    const { ports, settings, told, ids, take, mails } = await aCountry(breaking(broken));
    const untold = await takeNotice(ports, settings, { v: 2, vault: null, alerts: ids });
    expect(untold).toMatchObject({ why: 'no network', notice: { vault: null, alerts: [ids[1]] } });
    expect(await told()).toEqual(['Sent', 'Queued', 'Sent']);
    broken.clear();
    await take(untold?.notice);
    expect(await told()).toEqual(['Sent', 'Sent', 'Sent']);
    expect(await mails()).toHaveLength(3);
  });

  test('is one message of a sweep that finds them untold; each is told once, whichever message comes first', async () => {
    const { sweep, work, moveTo, now, queue, told, mails, dead } = await aCountry();
    expect(queue.size()).toBe(3);
    await moveTo(now().plus({ minutes: 5 }));
    await sweep();
    expect(queue.size()).toBe(4);
    await work();
    expect(await told()).toEqual(['Sent', 'Sent', 'Sent']);
    expect(await mails()).toHaveLength(3);
    expect(await dead()).toEqual([]);
  });

  test('that is buried is left to the sweep, in each vault', async () => {
    const { take, ids, ports } = await aCountry();
    await take({ v: 2, vault: null, alerts: ids }, true);
    const hints = await allDue(ports, ports.clock.now().plus({ hours: 2 }));
    expect(
      hints.filter(({ kind, tries }) => kind === 'tell' && tries > 0).map(({ vault, item }) => [vault, item]),
    ).toEqual(expect.arrayContaining([VAULT, ...OTHERS].map((vault) => [vault, 'vm'])));
  });
});
