import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { arch, platform } from 'node:process';
import { isDeepStrictEqual } from 'node:util';

/** Bicep's own compiler, by the command that runs it. It is no dependency, because it has 124 MB. */
export type Compiler = readonly [command: string, ...before: readonly string[]];

const PROJECT = join(import.meta.dirname, '..', 'bicep', 'bicep.csproj');

/** Where `dotnet restore tools/bicep` leaves it. */
function restored(environment: NodeJS.ProcessEnv): string {
  const [, name = '', version = ''] =
    /PackageDownload Include="([^"]+)" Version="\[([^\]]+)\]"/.exec(readFileSync(PROJECT, 'utf8')) ?? [];
  const packages = environment['NUGET_PACKAGES'] ?? join(environment['HOME'] ?? homedir(), '.nuget', 'packages');
  return join(packages, name.toLowerCase(), version, 'tools', 'bicep');
}

/** The one that is named, then the one that is pinned, then whatever the machine has. */
export async function findCompiler(environment = process.env): Promise<Compiler | undefined> {
  const [named, pinned] = [environment['BICEP'], restored(environment)];
  if (named) return [named];
  if (`${platform}-${arch}` === 'linux-x64' && existsSync(pinned)) return [pinned];
  if (await answers(['bicep', '--version'], environment)) return ['bicep'];
  // asked for its version, the Azure CLI tells it; asked to compile, it would fetch a Bicep that it does not have
  return (await answers(['az', 'bicep', 'version'], environment)) ? ['az', 'bicep'] : undefined;
}

const answers = async (compiler: Compiler, environment: NodeJS.ProcessEnv): Promise<boolean> =>
  (await run(compiler, [], environment)).code === 0;

const DIAGNOSTIC = /\(\d+,\d+\) : (?:Error|Warning|Info)\b/;

export interface Compiled {
  readonly template: string | undefined;
  /** Errors and warnings alike: a property that Azure does not know is only a warning. */
  readonly complaints: readonly string[];
}

export async function compile([command, ...before]: Compiler, main: string): Promise<Compiled> {
  const file = command === 'az' ? ['--file', main] : [main];
  const { code, out, said } = await run([command, ...before], ['build', ...file, '--stdout']);
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  if (code !== 0) return { template: undefined, complaints: lines };
  return { template: out.replaceAll('\r\n', '\n'), complaints: lines.filter((line) => DIAGNOSTIC.test(line)) };
}

/** Do both say the same? Which version of Bicep wrote it down does not matter. */
export const same = (one: string, other: string): boolean => isDeepStrictEqual(unsigned(one), unsigned(other));

const unsigned = (template: string): unknown =>
  JSON.parse(template, (name, value: unknown) => (name === '_generator' ? undefined : value));

const run = ([command, ...before]: Compiler, args: readonly string[], env = process.env) =>
  new Promise<{ code: number; out: string; said: string }>((resolve) => {
    execFile(command, [...before, ...args], { env, maxBuffer: 64 * 1024 * 1024 }, (error, out, said) =>
      resolve({ code: error ? 1 : 0, out, said: said || (error?.message ?? '') }),
    );
  });
