import { eventsIn } from './queries.ts';
import type { Rule } from './world.ts';

/**
 * Events that queries ask for and no code tells yet: the alerts on them cannot fire. An event that is told by now has to leave this
 * list, and no other may join it unseen.
 */
export const PENDING: readonly string[] = ['sweep.finished', 'share.finished', 'mail.settled', 'pin.refused'];

/** What a query asks for is told somewhere in src. */
export const emitted: Rule = ({ texts, code }) => {
  const asked = [...texts].flatMap(([path, text]) => (path.endsWith('.kql') ? eventsIn(text) : []));
  return [...new Set([...asked, ...PENDING])].flatMap((event) => {
    const told = code.told.has(event);
    if (told === PENDING.includes(event))
      return [
        told ? `${event} is told by now: take it off the list in emitted.ts` : `nothing in src tells of ${event}`,
      ];
    return [];
  });
};
