import { createHash } from 'node:crypto';
import type { Alert } from '../core/alerts.ts';
import type { Waiting } from '../ports.ts';

const DELETIONS: readonly Alert['type'][] = ['DeleteBackupData', 'BackupDataPermanentlyDeleted'];

/** Under which key the deletions by one caller are counted; undefined for what is no deletion. */
export function massKey({ type, facts }: Pick<Alert, 'type' | 'facts'>): string | undefined {
  if (!DELETIONS.includes(type)) return undefined;
  const caller = createHash('sha256').update(`${facts['tenant']}\n${facts['by']}`).digest('hex').slice(0, 16);
  return `mass~${caller}`;
}

/** Every deletion is counted when it happens, in the same transaction, so that the tenth of a burst is the tenth for everyone. */
export const countedDeletions = (alerts: readonly Alert[]): readonly Waiting[] =>
  alerts.flatMap((alert) => {
    const together = massKey(alert);
    return together === undefined ? [] : [{ together, alert: alert.id, at: alert.firedAt, single: true }];
  });
