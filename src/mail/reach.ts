import type { MailConfig } from './communication.ts';

const PATIENCE_MS = 3000;

/** Whatever the mail service answers to somebody without a key: it is there. */
export function mailReach({ connectionString, endpoint }: Pick<MailConfig, 'connectionString' | 'endpoint'>) {
  const address = endpoint ?? /(?:^|;)endpoint=([^;]+)/i.exec(connectionString ?? '')?.[1] ?? '';
  return async (): Promise<void> => {
    const answer = await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });
    await answer.body?.cancel();
  };
}
