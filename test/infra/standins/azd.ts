/**
 * Stands in for azd: it records what it was asked, and does of it what a deployment hangs on, as azd's documentation says. An
 * environment is a file of values; what is not in it is looked for in the process's environment; `${NAME=other}` means the other where
 * there is nothing. The hooks are those of the command that was typed, and `up` is package, provision and deploy.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Values = Record<string, string>;

const state = process.env['STAND_INS'] ?? '';
const file = (name: string) => join(state, name);
const read = <T>(name: string): T => JSON.parse(readFileSync(file(name), 'utf8')) as T;
const write = (name: string, value: unknown) => writeFileSync(file(name), JSON.stringify(value));
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const record = (line: unknown) => appendFileSync(file('log'), `${JSON.stringify(line)}\n`);

function fail(why: string): never {
  process.stderr.write(`azd: ${why}\n`);
  process.exit(1);
}

const environment = (): Values => (existsSync(file('env')) ? read<Values>('env') : fail('there is no environment'));
const looked = (name: string): string => environment()[name] ?? process.env[name] ?? '';

/** What a template is given: each `${NAME=other}` of the parameter file, resolved. */
const parameters = (): Values =>
  Object.fromEntries(
    Object.entries<{ value: string }>(json('infra/main.parameters.json').parameters).map(([name, { value }]) => [
      name,
      value.replace(/\$\{(\w+)(?:=([^}]*))?\}/g, (_, key: string, other = '') => looked(key) || other),
    ]),
  );

/** The outputs that tell what was given; those of resources are no concern of the tests. */
function outputs(given: Values): Values {
  const all = Object.entries<{ value: string }>(json('infra/main.json').outputs);
  const told = all.flatMap(([name, { value }]) => {
    const parameter = /^\[(?:string\()?parameters\('(\w+)'\)\)?\]$/.exec(value)?.[1];
    return parameter === undefined ? [] : [[name, given[parameter] ?? '']];
  });
  return { ...Object.fromEntries(told), SERVICE_API_URI: 'https://app.example/api' };
}

async function hook(name: string): Promise<void> {
  const { parse } = await import('yaml'); // most calls need none of it
  const script = parse(readFileSync('azure.yaml', 'utf8')).hooks?.[name];
  if (!script) return;
  const { status } = spawnSync(script.shell, ['-c', script.run], { stdio: 'inherit' });
  if (status !== 0) fail(`the hook ${name} failed`);
}

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => unknown>> = {
  'env new': ([name = '']) => {
    if (existsSync(file('env'))) fail(`the environment ${name} exists`);
    write('env', { AZURE_ENV_NAME: name, AZURE_LOCATION: process.env['AZURE_LOCATION'] });
  },
  'env refresh': () => {
    if (!existsSync(file('deployed'))) fail('no deployments found');
    write('env', { ...environment(), ...read<Values>('deployed') });
  },
  'env set': (pairs) =>
    write('env', {
      ...environment(),
      ...Object.fromEntries(pairs.map((pair) => [pair.split('=')[0], pair.slice(pair.indexOf('=') + 1)])),
    }),
  'env get-value': ([name = '']) => void process.stdout.write(`${environment()[name] ?? fail(`no ${name}`)}\n`),
  provision: (args) => {
    const given = parameters();
    record({ provisioned: given, preview: args.includes('--preview') });
    if (args.includes('--preview')) return;
    write('deployed', outputs(given));
    write('env', { ...environment(), ...outputs(given) });
  },
  package: () => hook('prepackage'),
  deploy: async () => {
    await hook('predeploy');
    const folder = 'dist/package';
    record({ shipped: readdirSync(folder).map((one) => readFileSync(join(folder, one), 'utf8')) });
  },
  up: async (args) => {
    for (const one of ['package', 'provision', 'deploy']) await COMMANDS[one]?.(args);
  },
  'config set': () => undefined,
};

const [first = '', second = '', ...more] = process.argv.slice(2);
record({ azd: process.argv.slice(2) });
const both = COMMANDS[`${first} ${second}`];
await (both ? both(more) : (COMMANDS[first] ?? fail(`the stand-in has no ${first}`))([second, ...more]));
