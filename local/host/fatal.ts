/** A failure its reader can act on: shown as one sentence, without a stack. */
export const fatal = (sentence: string): Error => Object.assign(new Error(sentence), { name: 'Fatal' });

export const isFatal = (error: unknown): error is Error => error instanceof Error && error.name === 'Fatal';

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** For logs: the stack when there is one, since it begins with the message. */
export const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
