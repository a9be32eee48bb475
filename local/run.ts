/** One local run, from its command line to its exit code. */
import { readyJson, readyTable } from './announce.ts';
import { help } from './help.ts';
import { type Options, readCommand } from './options.ts';
import type { Facts, Part, Settings } from './part.ts';
import { becomesFree, portInUse } from './ports.ts';
import { type Stops, stops } from './stops.ts';

export interface Start {
  readonly argv: readonly string[];
  readonly root: string;
  readonly parts: readonly Part[];
  /** A part that runs already is left alone. Otherwise nothing starts while its ports are taken. */
  readonly missingOnly?: boolean;
}

export async function run({ argv, root, parts, missingOnly = false }: Start): Promise<void> {
  // who reads our output may go before us; that is no reason to leave children and data behind
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const command = readCommand(argv, process.env);
  if (command.kind === 'help') return void process.stdout.write(`${help()}\n`);
  if (command.kind === 'wrong') return finish(2, command.sentence);
  const stopping = stops();
  const end = endOfRun(stopping);
  try {
    const facts = await startAll(command.options, { root, parts, missingOnly, stopping, end });
    if (stopping.begun()) return;
    process.stdout.write(`${command.options.json ? readyJson(facts) : readyTable(facts)}\n`);
  } catch (error) {
    end(1, error instanceof Error ? error.message : String(error));
  }
}

type End = (code: number, sentence?: string) => void;

/** However it ends, everything stops first. The first reason counts; a second signal cuts the wait short. */
function endOfRun(stopping: Stops): End {
  let ending = false;
  const end: End = (code, sentence) => {
    if (ending) return;
    ending = true;
    if (sentence !== undefined) process.stderr.write(`${sentence}\n`);
    stopping.inPeace().then(
      () => finish(code),
      (error: unknown) => finish(1, `Reprieve did not stop cleanly: ${error}`),
    );
  };
  const signalled = (code: number) => () => {
    if (!ending) return end(0);
    const leave = () => finish(code);
    stopping.atOnce().then(leave, leave);
  };
  process.on('SIGINT', signalled(130));
  process.on('SIGTERM', signalled(143));
  process.on('SIGHUP', signalled(129));
  // whoever started us, over IPC, is gone, or was gone before we listened
  process.on('disconnect', () => end(0));
  if (process.connected === false) end(0);
  return end;
}

function finish(code: number, sentence?: string): void {
  if (sentence !== undefined) process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

interface Cast extends Required<Omit<Start, 'argv'>> {
  readonly stopping: Stops;
  readonly end: End;
}

async function startAll(options: Options, { root, parts: all, missingOnly, stopping, end }: Cast): Promise<Facts> {
  const say = (line: string): void => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const parts = missingOnly ? await missing(options, all, say) : all;
  await refuseTakenPorts(options, parts);
  let facts: Facts = {};
  let settings: Settings = {};
  const neighbours = new Set([options.port, options.mailPort, options.idpPort].filter((port) => port !== 0));
  for (const part of parts) {
    if (stopping.begun()) break;
    const started = await part.start({
      options,
      root,
      settings,
      facts,
      neighbours,
      output: options.json ? 2 : 1,
      say,
      onStop: stopping.add,
      died: (sentence) => end(1, sentence),
    });
    facts = { ...facts, ...started.facts };
    settings = { ...settings, ...started.settings };
  }
  return facts;
}

/** All of its ports are taken: then it is taken for running, by whoever started it. */
async function missing(options: Options, parts: readonly Part[], say: (line: string) => void) {
  const runs = await Promise.all(
    parts.map(async (part) => {
      const free = await Promise.all(part.ports(options).map(({ port }) => becomesFree(port)));
      return free.length > 0 && !free.includes(true);
    }),
  );
  for (const [index, part] of parts.entries()) if (runs[index]) say(`The ${part.name} runs already.`);
  return parts.filter((_, index) => !runs[index]);
}

async function refuseTakenPorts(options: Options, parts: readonly Part[]): Promise<void> {
  const wanted = parts.flatMap((part) => part.ports(options));
  const free = await Promise.all(wanted.map(({ port }) => becomesFree(port)));
  const taken = wanted.find((_, index) => !free[index]);
  if (taken) throw new Error(portInUse(taken.port, taken.option));
}
