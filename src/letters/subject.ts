import { type Alert, kindOf } from '../core/alerts.ts';
import { instantFact, itemOf, numberOf, vaultOf } from './known.ts';
import { counted, left } from './left.ts';
import type { Ending, Occasion } from './occasion.ts';
import { OUTLINES } from './outlines.ts';
import { clip } from './plain.ts';

const LONGEST = 200;

export const about = (alert: Alert): string => {
  if (alert.item !== null) return `${itemOf(alert)} in ${vaultOf(alert)}`;
  return alert.vault === null ? '' : `vault ${vaultOf(alert)}`;
};

const ENDINGS: Readonly<Record<Ending, (occasion: Occasion) => string | undefined>> = {
  left: ({ alert, now }) => {
    const purgeAt = instantFact(alert, 'purgeAt');
    return purgeAt && left(purgeAt, now);
  },
  purged: () => 'PURGED',
  count: ({ alert, members }) => {
    const count = Math.max(members.length, numberOf(alert, 'count') ?? 0);
    return count > 0 ? counted(count, alert.type === 'Digest' ? 'alert' : 'item') : undefined;
  },
  none: () => undefined,
};

/** One line, whatever the names are: every part went through `plain`. */
export function subjectOf(occasion: Occasion): string {
  const { alert } = occasion;
  const { severity, event } = kindOf(alert.type);
  const where = alert.vault === null ? '' : alert.item === null ? ` in ${vaultOf(alert)}` : `: ${about(alert)}`;
  const ending = ENDINGS[OUTLINES[alert.type].ending](occasion);
  return clip(`[${severity}] ${event}${where}${ending ? ` - ${ending}` : ''}`, LONGEST);
}
