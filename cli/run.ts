import { createClient } from '../client/client.ts';
import { doorFor } from './door.ts';
import { helpOfAll, helpOfCommand, helpOfGroup } from './help.ts';
import type { Io } from './io.ts';
import { print, printJson, printTrouble } from './output/print.ts';
import about from './package.json' with { type: 'json' };
import { type Asked, parse } from './parse.ts';
import { EXIT, troubleIn } from './trouble.ts';

/** One command, from its words to its exit code. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  try {
    await obey(parse(args), io);
    return EXIT.done;
  } catch (error) {
    const trouble = troubleIn(error);
    if (!trouble) throw error;
    printTrouble(trouble, args.includes('--json'), io);
    return EXIT[trouble.kind];
  }
}

async function obey(asked: Asked, io: Io): Promise<void> {
  if (asked.kind === 'version') return io.out(`${about.version}\n`);
  if (asked.kind === 'help') return io.out(`${helpFor(asked.of)}\n`);
  const { command, given } = asked;
  const { fetch, sleep } = io;
  const client = createClient({ ...(await doorFor(given, io)), fetch, sleep });
  const answer = (await command.run(given, client, io)) ?? null;
  if (given.json) return printJson(answer, io.out);
  print(command.view(answer, given), io);
}

function helpFor(of: Extract<Asked, { kind: 'help' }>['of']): string {
  if (of === undefined) return helpOfAll();
  return typeof of === 'string' ? helpOfGroup(of) : helpOfCommand(of);
}
