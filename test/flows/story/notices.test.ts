/** How notices share messages. */
import { describe, expect, test } from 'vitest';
import { isAlertId } from '../../../src/core/names.ts';
import { gathered, packed } from '../../../src/flows/story/notices.ts';
import type { Notice } from '../../../src/ports/alerts.ts';
import { noticeText } from '../../../src/store/messages.ts';
import { must } from '../../support/world.ts';

const LATER = 'ItemUndeleted';
const FIRST = 'DeleteBackupData';
const idOf = (vault: string, index: number, type: string = LATER) => `${vault}~vm-${index}~${type}~1`;
const about = (vault: string, count: number, type?: string) => ({
  notice: { vault, alerts: Array.from({ length: count }, (_, index) => idOf(vault, index, type)) },
});
const sizes = (posts: readonly { readonly notice: Notice }[]) =>
  packed(posts).map(({ notice }) => notice.alerts?.length);

describe('notices', () => {
  test('of many vaults share messages of up to two hundred alerts, and name no vault then', () => {
    const posts = Array.from({ length: 450 }, (_, index) => about(`vault-${index}`, 1));
    const messages = packed(posts);
    expect(messages.map(({ notice }) => [notice.vault, notice.alerts?.length])).toEqual([
      [null, 200],
      [null, 200],
      [null, 50],
    ]);
    expect(messages.flatMap(({ notice }) => notice.alerts)).toEqual(posts.flatMap(({ notice }) => notice.alerts));
  });

  test('of one vault name it', () => {
    expect(packed([about('Contoso', 1), { notice: { vault: 'contoso', alerts: [idOf('Contoso', 2)] } }])).toMatchObject(
      [{ notice: { vault: 'Contoso', alerts: [idOf('Contoso', 0), idOf('Contoso', 2)] } }],
    );
  });

  test('are not cut where they fit into another message', () => {
    expect(sizes([about('a', 150), about('b', 100), about('c', 100)])).toEqual([150, 200]);
    expect(sizes([about('a', 500)])).toEqual([200, 200, 100]);
  });

  test('of the longest ids stay below what a message holds', () => {
    const [vault, item, occurrence] = ['v'.repeat(63), 'i'.repeat(63), 'o'.repeat(100)];
    const alerts = Array.from({ length: 400 }, (_, index) =>
      `${vault}~${item}~${LATER}~${index}${occurrence}`.slice(0, 300),
    );
    const id = must(alerts[399]);
    expect(isAlertId(id.slice(0, id.length - 3))).toBe(true);
    const messages = packed(alerts.map((one) => ({ notice: { vault, alerts: [one] } })));
    expect(messages.flatMap(({ notice }) => notice.alerts)).toEqual(alerts);
    const texts = messages.map(({ notice }) =>
      noticeText({ ...notice, requestId: '0'.repeat(36), tries: Number.MAX_SAFE_INTEGER }),
    );
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(64 * 1024);
    expect(Math.max(...texts.map((text) => text.length))).toBeGreaterThan(56 * 1024);
  });

  test('of what comes first go apart from all others', () => {
    const mixed = { vault: 'a', alerts: [idOf('a', 1), idOf('a', 2, FIRST)] };
    expect(packed([{ notice: mixed }, about('b', 1, FIRST), about('c', 1)]).map(({ notice }) => notice)).toEqual([
      { vault: null, alerts: [idOf('a', 2, FIRST), idOf('b', 0, FIRST)] },
      { vault: null, alerts: [idOf('a', 1), idOf('c', 0)] },
    ]);
  });

  test('that come later, were tried before, or say something else are sent as they are', () => {
    const alone = [
      { notice: { vault: 'a', alerts: [idOf('a', 1)] }, delaySeconds: 60 },
      { notice: { vault: 'a', alerts: [idOf('a', 2)], tries: 1 } },
      { notice: { vault: 'a', together: 'digest~1' } },
      { notice: { vault: 'a', operation: 'name' } },
      { notice: { vault: null, unread: { queue: 'q', text: 't', why: 'w' } } },
    ];
    expect(packed(alone).map(({ of: _, ...post }) => post)).toEqual(alone);
  });
});

describe('what is gathered', () => {
  const aQueue = (fails: (notice: Notice) => boolean = () => false) => {
    const sent: Notice[] = [];
    return {
      sent,
      send: async (notice: Notice) => {
        if (fails(notice)) throw new Error('the queue does not answer');
        sent.push(notice);
      },
    };
  };

  test('is sent together, and only then counts as told', async () => {
    const queue = aQueue();
    const { notices, send } = gathered(queue);
    const told: string[] = [];
    const all = ['a', 'b'].map((vault) => notices.send(about(vault, 1).notice).then(() => told.push(vault)));
    await new Promise(setImmediate);
    expect([queue.sent, told]).toEqual([[], []]);
    await send();
    await Promise.all(all);
    expect(queue.sent).toEqual([{ vault: null, alerts: [idOf('a', 0), idOf('b', 0)] }]);
    expect(told).toEqual(['a', 'b']);
    await send();
    expect(queue.sent).toHaveLength(1);
  });

  test('is untold where a message of it was not taken, and told where the others were', async () => {
    const queue = aQueue(({ alerts = [] }) => alerts.some((id) => id.includes(FIRST)));
    const { notices, send } = gathered(queue);
    const all = [about('a', 1), about('b', 1, FIRST), about('c', 1)].map(({ notice }) => notices.send(notice));
    const both = notices.send({ vault: 'd', alerts: [idOf('d', 1), idOf('d', 2, FIRST)] });
    const ends = Promise.allSettled([...all, both]);
    await send();
    expect((await ends).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
  });
});
