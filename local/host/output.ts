/** What the host says: log lines as `func start` prints them, so that habits and log readers carry over, and failures. */

export const stamp = (line: string): string => `[${new Date().toISOString()}] ${line}`;

export type Print = (line: string) => void;

/**
 * Both streams may be pipes whose reader went away; that must never take the host down. A write to a pipe or a file blocks until it
 * is done, so what is said in one turn of the event loop goes out in one, at its end: a log must not make requests slower.
 */
export function printer(): Print {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  let said = '';
  const flush = (): void => {
    if (said !== '') process.stdout.write(said);
    said = '';
  };
  process.on('exit', flush);
  return (line) => {
    if (said === '') setImmediate(flush);
    said += `${line}\n`;
  };
}

/** A failure its reader can act on: shown as one sentence, without a stack. */
export const fatal = (sentence: string): Error => Object.assign(new Error(sentence), { name: 'Fatal' });

export const isFatal = (error: unknown): error is Error => error instanceof Error && error.name === 'Fatal';

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** For logs: the stack when there is one, since it begins with the message. */
export const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** Is this an answer of storage with one of these codes? */
export const hasStatus = (error: unknown, ...statuses: readonly number[]): boolean =>
  error instanceof Error &&
  'statusCode' in error &&
  typeof error.statusCode === 'number' &&
  statuses.includes(error.statusCode);
