import type { MailConfig } from './communication.ts';

const PATIENCE_MS = 3000;

/** Any answer shows that the mail service can be reached, even a refusal for want of a key. */
export function mailReach({ connectionString, endpoint }: Pick<MailConfig, 'connectionString' | 'endpoint'>) {
  const address = endpoint ?? /(?:^|;)endpoint=([^;]+)/i.exec(connectionString ?? '')?.[1] ?? '';
  return async (): Promise<void> => {
    const answer = await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });
    await answer.body?.cancel();
  };
}
