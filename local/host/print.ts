/** Lines as `func start` prints them, so that habits and log readers carry over. */
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
