/** Who calls, and what is told to whom. */
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { staged } from '../support/staged.ts';
import { atWork, done, type OpenDoor, PROOF } from './atWork.ts';

export function callers(openDoor: OpenDoor): void {
  describe('who calls', () => {
    test('shows a token that is asked for before every try', async () => {
      const door = await openDoor();
      let asked = 0;
      const token = async () => {
        asked += 1;
        return asked === 1 ? 'from yesterday' : door.token('executor');
      };
      const stage = staged(door, { handle: done, door: { url: `${door.url}/`, token } });
      stage.spoil((_, nth) => (nth === 0 ? 'unreached' : undefined));
      await stage.pass(1);
      expect(stage.sent('claim').map(({ authorization }) => authorization)).toEqual([
        'Bearer from yesterday',
        `Bearer ${door.token('executor')}`,
      ]);
      expect(stage.told).toEqual([]);
    });

    test('a token that cannot be had is no answer, and it goes on', async () => {
      const door = await openDoor();
      await door.makeDue();
      let asked = 0;
      const stage = staged(door, {
        handle: done,
        door: {
          url: door.url,
          token: () => {
            asked += 1;
            if (asked === 1) throw new Error('the identity provider is away');
            return door.token('executor');
          },
        },
      });
      await stage.pass(1);
      expect(stage.ends()).toEqual(['completed']);
    });

    test('tells nobody the token of an order', async () => {
      const { stage, hand, end } = await atWork(openDoor);
      const { token } = hand.of(0).order;
      end.reject(new Error('no'));
      await stage.pass(200);
      expect(stage.ends()).toEqual(['failed']);
      expect(inspect(stage.told, { depth: 10 })).not.toContain(String(token));
      expect(stage.sent().filter(({ key }) => key?.includes(String(token)))).toEqual([]);
    });
  });

  test('a listener that throws costs nothing', async () => {
    const { stage, end, see } = await atWork(openDoor, {
      report: () => {
        throw new Error('no');
      },
    });
    end.resolve(PROOF);
    await stage.quiet();
    expect((await see()).state).toBe('Completed');
  });
}
