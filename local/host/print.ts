/** Lines as `func start` prints them, so that habits and log readers carry over. */
export const stamp = (line: string): string => `[${new Date().toISOString()}] ${line}`;

export type Print = (line: string) => void;

/** Both streams may be pipes whose reader went away; that must never take the host down. */
export function printer(): Print {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return (line) => void process.stdout.write(`${line}\n`);
}
