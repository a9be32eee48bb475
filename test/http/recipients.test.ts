import { expect, test } from 'vitest';
import { vaultRequest } from '../../src/http/vaults/shapes.ts';
import { byChannel, type Channel } from '../../src/mail/channels.ts';
import type { Mail, Mailer } from '../../src/ports/alerts.ts';

/** An address of each channel, as a caller sends it. */
const ADDRESSES: Readonly<Record<Channel, string>> = {
  mail: 'ops@contoso.com',
};
const CHANNELS = Object.entries(ADDRESSES) as readonly (readonly [Channel, string])[];

test.for(CHANNELS)('src/http/vaults/shapes.ts takes an address of the channel %s', ([, address]) => {
  const body = { kind: 'RecoveryServices', alerts: { recipients: [address], owners: [address] } };
  expect(vaultRequest.safeParse(body).error?.issues ?? []).toEqual([]);
});

test.for([...CHANNELS, ['mail', 'no address at all']] as const)(
  'by %s goes what is sent to %s',
  async ([channel, to]) => {
    const used: string[] = [];
    const sender = (name: string): Mailer => ({
      send: async () => {
        used.push(name);
        return { sent: true };
      },
    });
    const senders = Object.fromEntries(CHANNELS.map(([name]) => [name, sender(name)])) as Record<Channel, Mailer>;
    const mail: Mail = { operationId: 'once', to, subject: 'Deleted', text: 'It was deleted.', html: '' };
    expect(await byChannel(senders).send(mail)).toEqual({ sent: true });
    expect(used).toEqual([channel]);
  },
);
