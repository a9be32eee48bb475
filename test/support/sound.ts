import type { Instant } from '../../src/core/time.ts';
import { checkStore } from '../../tools/check/store.ts';
import type { Finding, Scan } from '../../tools/check/terms.ts';

/**
 * What the store check finds beside a running service, as `rule row: message`. Whoever tells people may be at work meanwhile: what a second look does not find any more
 * was a change between the look at the agenda and the look at its row.
 */
export async function lastingFindings(scan: Scan, now: Instant): Promise<readonly string[]> {
  const look = async () => (await checkStore(scan, now)).findings.filter((finding) => !mayBeQueued(finding));
  const found = await look();
  if (found.length === 0) return [];
  const again = new Set((await look()).map(({ rule, row }) => `${rule} ${row}`));
  return found
    .filter(({ rule, row }) => again.has(`${rule} ${row}`))
    .map(({ rule, row, message }) => `${rule} ${row}: ${message}`);
}

/**
 * Days pass at once here, and a message may be hidden for some minutes, since a process died with it: so that somebody is told at last is no
 * question for this check, but for those who read the mails.
 */
const mayBeQueued = ({ rule, message }: Finding): boolean =>
  rule === 'I4' && message.startsWith('somebody must be told');
