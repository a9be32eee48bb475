import type { PurgeOrder, PurgeOrderState } from '../../client/api.ts';
import type { Tone } from './labels.ts';
import { plural } from './time.ts';

export const ORDER_STATES: { readonly [S in PurgeOrderState]: { readonly text: string; readonly tone: Tone } } = {
  Open: { text: 'Can be claimed', tone: 'informative' },
  Leased: { text: 'In work', tone: 'informative' },
  Waiting: { text: 'Waits', tone: 'warning' },
  Blocked: { text: 'Blocked', tone: 'danger' },
  Completed: { text: 'Confirmed', tone: 'success' },
  Refused: { text: 'Refused', tone: 'warning' },
  Recalled: { text: 'Recalled', tone: 'subtle' },
  Abandoned: { text: 'Never confirmed', tone: 'danger' },
};

export const LIVE = ['Open', 'Leased', 'Waiting', 'Blocked'] as const satisfies readonly PurgeOrderState[];
export type Live = (typeof LIVE)[number];
export const isLive = (state: PurgeOrderState): state is Live => (LIVE as readonly string[]).includes(state);

const HOUR_MS = 3_600_000;

/** `3 days late`: nobody has confirmed it in time. Empty: there is time left, or it has ended. */
export function late({ state, confirmBy }: Pick<PurgeOrder, 'state' | 'confirmBy'>, now: Date): string {
  const over = now.getTime() - Date.parse(confirmBy);
  if (!isLive(state) || over < 0) return '';
  const hours = Math.floor(over / HOUR_MS);
  if (hours < 1) return 'late';
  return `${hours < 24 ? plural(hours, 'hour') : plural(Math.floor(hours / 24), 'day')} late`;
}

/** As far as anybody can say. */
export function destroyedSoFar({ state, untouched }: Pick<PurgeOrder, 'state' | 'untouched'>): string {
  if (state === 'Completed') return 'all of it, as was confirmed';
  return untouched ? 'nothing' : 'perhaps something: nobody can say';
}

/** Somebody has to look at it. */
export const isRed = (order: Pick<PurgeOrder, 'state' | 'confirmBy'>, now: Date): boolean =>
  order.state === 'Blocked' || late(order, now) !== '';

/** What a person has to look at comes first; after that, what is to be confirmed first. */
export const byUrgency = (a: PurgeOrder, b: PurgeOrder): number =>
  Number(b.state === 'Blocked') - Number(a.state === 'Blocked') || Date.parse(a.confirmBy) - Date.parse(b.confirmBy);

/** Nothing can have been destroyed, and nobody is at it. */
export const isRecallable = ({ state, untouched }: Pick<PurgeOrder, 'state' | 'untouched'>): boolean =>
  isLive(state) && state !== 'Leased' && untouched;

/** A person decides about what nobody is at. */
export const canBeClosed = ({ state }: Pick<PurgeOrder, 'state'>): boolean => isLive(state) && state !== 'Leased';
export const canBeRetried = ({ state }: Pick<PurgeOrder, 'state'>): boolean =>
  state === 'Blocked' || state === 'Waiting';

/** Numbers above this are not counted further. */
const COUNTED_TO = 1000;

export interface OrderCounts {
  readonly open: number;
  readonly leased: number;
  readonly waiting: number;
  readonly blocked: number;
  readonly unconfirmed: number;
}

export const counted = (count: number): string =>
  count < COUNTED_TO ? `${count}` : `${COUNTED_TO.toLocaleString('en')} or more`;
