/**
 * A copy of this house in which something can be broken, and what the checks of `npm run verify` say about it. It lies in `.reprieve/`,
 * which Git ignores, and is gone when the tests of the file are done.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { atEnd } from './atEnd.ts';
import { ROOT } from './launch.ts';

const LEFT_OUT = new Set(['.git', '.reprieve', 'coverage', 'dist', 'node_modules']);
/** One checker: each of several would read the same types again. */
const COMPILE = ['tsc', '--pretty', 'false', '--checkers', '1', '-p'] as const;
const PROGRAMS = join(ROOT, 'node_modules', '.bin');

export interface Said {
  readonly code: number;
  readonly text: string;
}

/** What a check has to say about each file, by path. */
export type Complaints = Readonly<Record<string, string>>;

export interface Copy {
  readonly read: (file: string) => string;
  /** Throws unless `from` is there exactly once: an edit that misses would break nothing, and prove nothing. */
  readonly replace: (file: string, from: string | RegExp, to: string) => void;
  /** A new file. Throws if there is one of that name. */
  readonly add: (file: string, text: string) => void;
  /** Runs a program of node_modules in the copy. */
  readonly run: (program: string, ...args: readonly string[]) => Promise<Said>;
  /** Of these folders and files, and what they import: the whole takes much longer. */
  readonly typeErrors: (...of: readonly string[]) => Promise<Complaints>;
  readonly portalTypeErrors: () => Promise<Complaints>;
  /** `items → sweep` as `src/flows/items/x.ts → src/flows/sweep/y.ts`, with the rule that refuses it. */
  readonly refusedArrows: (...folders: readonly string[]) => Promise<readonly string[]>;
  /** Runs files of the unit tests, in one go: what each of those that failed has to say, by path. */
  readonly failures: (...files: readonly string[]) => Promise<Complaints>;
}

export function copyOfTheHouse(): Copy {
  mkdirSync(join(ROOT, '.reprieve'), { recursive: true });
  const root = mkdtempSync(join(ROOT, '.reprieve', 'copy-'));
  atEnd(() => rmSync(root, { recursive: true, force: true }));
  for (const name of readdirSync(ROOT))
    if (!LEFT_OUT.has(name)) cpSync(join(ROOT, name), join(root, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const run = (program: string, ...args: readonly string[]) => runIn(root, program, args);
  const read = (file: string) => readFileSync(join(root, file), 'utf8');
  return {
    read,
    run,
    replace: (file, from, to) => writeFileSync(join(root, file), replaced(file, read(file), from, to)),
    add(file, text) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text, { flag: 'wx' });
    },
    async typeErrors(...include) {
      const compilerOptions = { incremental: true, tsBuildInfoFile: 'tsconfig.copy.info' };
      const project = { extends: './tsconfig.json', compilerOptions, include };
      writeFileSync(join(root, 'tsconfig.copy.json'), JSON.stringify(project));
      return byFile((await run(...COMPILE, 'tsconfig.copy.json')).text);
    },
    portalTypeErrors: async () => byFile((await run(...COMPILE, 'portal')).text),
    async refusedArrows(...folders) {
      const shape = ['--preserve-symlinks', '--config', '.dependency-cruiser.cjs', '--output-type', 'err'];
      const { text } = await run('depcruise', ...shape, ...folders);
      return [...text.matchAll(/^\s*error (.+)$/gm)].map(([, arrow = '']) => arrow.trim());
    },
    async failures(...files) {
      const { code, text } = await run('vitest', 'run', '--project', 'unit', ...files);
      const sections = text.split(/^ FAIL +\|unit\| /m).slice(1);
      const failed = Map.groupBy(sections, (section) => /^\S+/.exec(section)?.[0] ?? '');
      if ((code === 0) !== (failed.size === 0)) throw new Error(text);
      return Object.fromEntries([...failed].map(([file, said]) => [file, said.join('')]));
    },
  };
}

function replaced(file: string, text: string, from: string | RegExp, to: string): string {
  const found = typeof from === 'string' ? text.split(from).length - 1 : [...text.matchAll(global(from))].length;
  if (found !== 1) throw new Error(`${file} has ${found} times, not once: ${from}`);
  return text.replace(from, () => to);
}

const global = ({ source, flags }: RegExp): RegExp => new RegExp(source, `${flags.replace('g', '')}g`);

/** The programs are told nothing of the test run that starts them. */
function runIn(cwd: string, program: string, args: readonly string[]): Promise<Said> {
  const env = {
    PATH: [PROGRAMS, process.env['PATH']].join(delimiter),
    HOME: process.env['HOME'],
    NO_COLOR: '1',
    // what Node has compiled once, of vitest above all
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
  };
  const limits = { cwd, env, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile(join(PROGRAMS, program), args, limits, (error, stdout, stderr) => {
      // A program that could not be run at all has no exit code.
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ code: Number(error?.code ?? 0), text: `${stdout}${stderr}` });
    });
  });
}

/** `src/a.ts(1,2): error TS1: why`, and lines behind it that are indented. */
function byFile(text: string): Complaints {
  const complaints: Record<string, string> = {};
  let file = '';
  for (const line of text.split('\n').filter((one) => one !== '')) {
    file = /^(\S+)\(\d+,\d+\): error /.exec(line)?.[1] ?? (line.startsWith(' ') ? file : 'tsc');
    complaints[file] = `${complaints[file] ?? ''}${line}\n`;
  }
  return complaints;
}
