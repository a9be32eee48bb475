/** Purge orders at the door. Where soft delete does not apply the stop itself makes one, so no clock has to be moved. */
import { anExecutor, anItem, aVault, type Body, type Door, deletion, done } from './door.ts';

type Tokens = (claims: { sub: string; roles: string[]; mfa?: boolean; appOnly?: boolean }) => Promise<string>;

/** The app that acts for every executor of `anExecutor`. */
const APP = { sub: 'blobs', roles: ['Executor'], appOnly: true };
const PERSON = { sub: 'ada', roles: ['Contributor'], mfa: true };

export const PROOF = { objects: 3, bytes: 4711, method: 'test' };

export interface AtExecutor {
  readonly executor: string;
  readonly vault: string;
  /** A token of the app that acts for the executor, and of a person who may do everything. */
  readonly app: string;
  readonly person: string;
}

/** A vault that hands what is deleted there to an executor of its own, at once. */
export async function anExecutorsVault(door: Door, token: Tokens, settings: object = {}): Promise<AtExecutor> {
  const executor = await anExecutor(door);
  const vault = await aVault(door, { settings: { softDelete: { state: 'Disabled' }, ...settings } });
  const person = await token(PERSON);
  await done(door('PATCH', `vaults/${vault}`, { body: { purge: { executor } }, token: person }));
  return { executor, vault, app: await token(APP), person };
}

export interface AnOrder extends AtExecutor {
  readonly order: string;
  /** Paths. */
  readonly of: string;
  readonly item: string;
}

/** What became of an item that is deleted in such a vault. */
export async function ordered(door: Door, at: AtExecutor, name?: string): Promise<AnOrder> {
  const item = await anItem(door, at.vault, name);
  return deleted(door, at, item);
}

export async function deleted(door: Door, at: AtExecutor, item: string): Promise<AnOrder> {
  await done(door('POST', `${item}/stop`, { body: deletion(item) }));
  const { purgeOrder } = (await done(door('GET', item))) as Body & { readonly purgeOrder: { readonly order: string } };
  return { ...at, order: purgeOrder.order, of: `purgeOrders/${purgeOrder.order}`, item };
}

/** An order that nobody has claimed yet. */
export const anOrder = async (door: Door, token: Tokens): Promise<AnOrder> =>
  ordered(door, await anExecutorsVault(door, token));

export interface ALease extends AnOrder {
  /** By which its holder speaks of the order. */
  readonly lease: number;
}

/** An order that the app holds. */
export async function aLease(door: Door, token: Tokens, given?: AnOrder): Promise<ALease> {
  const order = given ?? (await anOrder(door, token));
  const body = { executor: order.executor };
  const answer: unknown = await done(door('POST', 'purgeOrders/claim', { body, token: order.app }));
  const { value, ...why } = answer as { readonly value: readonly { readonly order: string; readonly token: number }[] };
  const [one] = value;
  if (one?.order !== order.order)
    throw new Error(`${order.order} was not given out, but ${one?.order ?? JSON.stringify(why)}`);
  return { ...order, lease: one.token };
}

/** What its holder says of an order. */
export const saying = (door: Door, { of, lease, app }: ALease, verb: string, body: object = {}) =>
  door('POST', `${of}/${verb}`, { body: { token: lease, ...body }, token: app });

export const FAILURE = { code: 'Busy', message: 'the account does not answer', destroyed: 'nothing' };
