/** A bundle of alerts that hundreds of people hear of: what becomes of its members is written in parts that fit a transaction. */
import { expect, test } from 'vitest';
import { type Alert, alert } from '../../../src/core/alerts.ts';
import { settleMembers } from '../../../src/flows/notify/bundles.ts';
import { read } from '../../../src/store/rows.ts';
import { pack } from '../../../src/store/table.ts';
import { later, NOON } from '../../support/builders.ts';
import { fullest } from '../../support/fullest.ts';
import { must, newId } from '../../support/world.ts';
import { anOffice, VAULT } from './office.ts';

/** Everyone whom a row can name, with all that it can say of each. */
const told = must(
  read.alert({ key: 'full', cells: pack(Object(fullest(read.alert.shape, 'alert'))) }).notifications ?? undefined,
);

test('forty-five members with two hundred people each', async () => {
  const office = await anOffice();
  const bundle = alert('Digest', { vault: VAULT }, NOON, {}, 'full');
  const member = (at: number): Alert => {
    const one = alert('BackupFailure', { vault: VAULT, item: `vm-${at}`, generation: 1 }, NOON, {}, 1);
    const notifications = told.map((of, who) => ({
      ...of,
      recipient: `${who}${of.recipient.slice(3)}`,
      status: 'Queued' as const,
      together: bundle.id,
    }));
    return { ...one, notifications };
  };
  const members = Array.from({ length: 45 }, (_, at) => member(at));
  for (const now of members)
    await office.ports.commit({ vault: VAULT, id: newId(), alerts: [{ was: undefined, now }] });
  const sent = must(members[0]?.notifications ?? undefined).map((one) => ({
    ...one,
    status: 'Sent' as const,
    sentAt: later(1),
    together: null,
  }));
  const ids = members.map(({ id }) => id);
  await settleMembers({ flow: office.ports, now: NOON }, { ...bundle, members: ids, notifications: sent });
  for (const id of ids)
    expect(new Set(must((await office.alert(id)).notifications ?? undefined).map(({ status }) => status))).toEqual(
      new Set(['Sent']),
    );
});
