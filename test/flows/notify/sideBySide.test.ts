/** An instance takes one message at a time, so a notice tells many alerts at once. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Mail } from '../../../src/ports/alerts.ts';
import type { World } from '../../support/world.ts';
import { anOffice, VAULT } from './office.ts';

const MOST = 16;

/** The mails that are on their way at the same time: each waits until there are too many, or for a while. */
function crowdedMailer() {
  const together: string[][] = [];
  let onTheirWay: readonly string[] = [];
  const over = (ports: World): World => ({
    ...ports,
    mailer: {
      send: async (mail: Mail) => {
        onTheirWay = [...onTheirWay, mail.subject];
        together.push([...onTheirWay]);
        for (let turn = 0; turn < 500 && onTheirWay.length <= MOST; turn += 1) await setImmediate();
        onTheirWay = onTheirWay.filter((one) => one !== mail.subject);
        return ports.mailer.send(mail);
      },
    },
  });
  return { over, together, most: () => Math.max(...together.map((mails) => mails.length)) };
}

const RECIPIENT = { recipients: ['ops@example.com'], owners: [] };

describe('a notice of forty alerts', () => {
  test('tells sixteen side by side, and never more', async () => {
    const { over, together, most } = crowdedMailer();
    const office = await anOffice({ over, alerts: RECIPIENT });
    const items = Array.from({ length: 40 }, (_, index) => ({ item: `vm-${index}` }));
    const alerts = await office.raise('ItemUndeleted', ...items);
    await office.take({ vault: VAULT, alerts });
    expect(together).toHaveLength(40);
    expect(most()).toBe(MOST);
    for (const id of alerts) expect(await office.ledger(id)).toEqual(['Sent ops@example.com']);
  });

  test('tells those of one item one after the other', async () => {
    const { over, together, most } = crowdedMailer();
    const office = await anOffice({ over, alerts: RECIPIENT });
    const times = Array.from({ length: 5 }, (_, index) => ({ item: 'vm', generation: index + 1 }));
    const alerts = await office.raise('ItemUndeleted', ...times);
    await office.take({ vault: VAULT, alerts });
    expect(together).toHaveLength(5);
    expect(most()).toBe(1);
  });
});
