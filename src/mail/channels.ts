import type { Mailer } from '../ports/alerts.ts';

/** The ways to reach a person, each with what its addresses look like. A new channel is one row here. */
export const CHANNELS = {
  mail: /^[^/:]+@/,
} as const satisfies Readonly<Record<string, RegExp>>;

export type Channel = keyof typeof CHANNELS;
const NAMES = Object.keys(CHANNELS) as readonly Channel[];

/** An address that looks like none of them is tried by mail, and the mail service says what is wrong with it. */
const channelTo = (address: string): Channel => NAMES.find((name) => CHANNELS[name].test(address)) ?? 'mail';

/** One sender for all channels: the address decides which one is used. */
export const byChannel = (senders: Readonly<Record<Channel, Mailer>>): Mailer => ({
  send: (mail) => senders[channelTo(mail.to)].send(mail),
});
