/** How what is to be told goes into the queue: in few messages, none of them too large for it. */
import { typeOfAlert } from '../../core/alerts.ts';
import { isFirst } from '../../core/alertTypes.ts';
import { sameName } from '../../core/names.ts';
import type { Notice, Notices } from '../../ports/alerts.ts';

/** Who takes a message tells so many in a minute or two. */
const MOST_ALERTS = 200;
/** A message holds 64 KiB in base64, which are 48 KiB of text. The rest is for what stands beside the ids. */
const MOST_CHARACTERS = 44_000;

export interface Post {
  readonly notice: Notice;
  readonly delaySeconds?: number | undefined;
}

/** A message, and what it brings. */
interface Packed<P extends Post> extends Post {
  readonly of: readonly P[];
}

/**
 * Alerts of any vaults share messages. Not those that come first with others, for they have a queue of their own; and what comes later, or
 * was tried before, stays alone.
 */
export function packed<P extends Post>(all: readonly P[]): readonly Packed<P>[] {
  const parts = all.flatMap((post) => partsOf(post.notice).map((notice) => ({ ...post, notice, of: [post] })));
  const {
    alone = [],
    first = [],
    later = [],
  } = Object.groupBy(parts, (part) => (isAlone(part) ? 'alone' : areFirst(part.notice) ? 'first' : 'later'));
  return [...joined(first), ...joined(later), ...alone];
}

const isAlone = ({ notice: { vault: _, alerts, ...more }, delaySeconds }: Post): boolean =>
  alerts === undefined || delaySeconds !== undefined || Object.keys(more).length > 0;

const isFirstId = (id: string): boolean => isFirst(typeOfAlert(id));
const areFirst = ({ alerts = [] }: Notice): boolean => alerts.some(isFirstId);

/** Each of one queue, and none too large. */
function partsOf(notice: Notice): readonly Notice[] {
  const { alerts } = notice;
  if (!alerts) return [notice];
  const { first = [], later = [] } = Object.groupBy(alerts, (id) => (isFirstId(id) ? 'first' : 'later'));
  return [first, later].flatMap((ids) => inMessages(ids, (id) => [id])).map((ids) => ({ ...notice, alerts: ids }));
}

function joined<P extends Post>(parts: readonly Packed<P>[]): readonly Packed<P>[] {
  return inMessages(parts, ({ notice }) => notice.alerts ?? []).flatMap((some) => {
    const [first, ...others] = some.map(({ notice }) => notice);
    if (!first) return [];
    const isOfOne = others.every(({ vault }) => vault === first.vault || sameName(vault, first.vault));
    const alerts = some.flatMap(({ notice }) => notice.alerts ?? []);
    return [{ notice: { vault: isOfOne ? first.vault : null, alerts }, of: some.flatMap(({ of }) => of) }];
  });
}

/** In their order, as many together as one message holds. */
function inMessages<T>(all: readonly T[], idsOf: (one: T) => readonly string[]): readonly (readonly T[])[] {
  const messages: T[][] = [];
  let [count, characters] = [MOST_ALERTS, 0];
  for (const one of all) {
    const ids = idsOf(one);
    const length = ids.reduce((sum, id) => sum + JSON.stringify(id).length + 1, 0);
    if (count + ids.length > MOST_ALERTS || characters + length > MOST_CHARACTERS) {
      messages.push([]);
      [count, characters] = [0, 0];
    }
    messages.at(-1)?.push(one);
    count += ids.length;
    characters += length;
  }
  return messages;
}

export interface Gathered {
  /** What is sent here waits, and so does whoever sent it. */
  readonly notices: Notices;
  /** All that waits goes out. Whoever sent something is told what became of it. */
  readonly send: () => Promise<void>;
}

interface Waiting extends Post {
  readonly settle: (error?: unknown) => void;
}

/** Gathers notices, so that they share messages. */
export function gathered(notices: Notices): Gathered {
  const waiting: Waiting[] = [];
  return {
    notices: {
      send: (notice, delaySeconds) =>
        new Promise((resolve, reject) => {
          const settle = (error?: unknown) => (error === undefined ? resolve() : reject(error));
          waiting.push({ notice, delaySeconds, settle });
        }),
    },
    async send() {
      const all = waiting.splice(0);
      const failed = new Map<Waiting, unknown>();
      for (const { notice, delaySeconds, of } of packed(all)) {
        await notices.send(notice, delaySeconds).catch((error: unknown) => {
          for (const one of of) failed.set(one, error ?? new Error('The queue did not take it.'));
        });
      }
      for (const one of all) one.settle(failed.get(one));
    },
  };
}
