import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..', '..');

type Line =
  | { readonly azd?: readonly string[]; readonly az?: string; readonly npm?: string; readonly curl?: string }
  | { readonly provisioned: Readonly<Record<string, string>>; readonly preview: boolean }
  | { readonly shipped: readonly string[] };

/** `npm run package` builds from what is there; the Azure CLI knows a resource group once something was deployed. */
const TOOLS = {
  azd: `exec "${process.execPath}" "${join(import.meta.dirname, 'azd.ts')}" "$@"`,
  az: `echo "{\\"az\\":\\"$*\\"}" >>"$STAND_INS/log"
[ ! -e "$STAND_INS/offline" ] || exit 1
if [ -e "$STAND_INS/deployed" ]; then echo true; else echo false; fi`,
  npm: `echo "{\\"npm\\":\\"$*\\"}" >>"$STAND_INS/log"
if [ "$*" = 'run package' ]; then mkdir -p dist/package; cp source dist/package/source; fi`,
  curl: `echo "{\\"curl\\":\\"$*\\"}" >>"$STAND_INS/log"`,
};

/** A checkout with what people deploy with, and stand-ins of the tools of Azure in front of the machine's own. */
export function checkout() {
  const folder = mkdtempSync(join(tmpdir(), 'reprieve-deploy-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [root, state, bin] = ['checkout', 'state', 'bin'].map((name) => join(folder, name)) as [string, string, string];
  for (const one of [state, bin, join(root, 'dist', 'package')]) mkdirSync(one, { recursive: true });
  for (const one of ['infra', 'azure.yaml']) cpSync(join(ROOT, one), join(root, one), { recursive: true });
  for (const [name, script] of Object.entries(TOOLS))
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const write = (path: string, text: string) => writeFileSync(join(root, path), text);
  write('source', 'built now');
  write('dist/package/source', 'built last time');

  /** Runs a line of a script as a runner would; its exit code. */
  const run = (script: string, environment: Readonly<Record<string, string>> = {}): number | null => {
    const env = {
      HOME: folder,
      PATH: [bin, process.env['PATH']].join(delimiter),
      STAND_INS: state,
      ...environment,
    };
    return spawnSync('bash', ['-e', '-c', script], { cwd: root, env }).status;
  };
  const log = (): readonly Line[] =>
    existsSync(join(state, 'log'))
      ? readFileSync(join(state, 'log'), 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Line)
      : [];
  return {
    run,
    log,
    write,
    /** The next runner: nothing but what Azure holds. */
    fresh: () => {
      for (const one of ['env', 'log']) rmSync(join(state, one), { force: true });
    },
    offline: () => writeFileSync(join(state, 'offline'), ''),
    shipped: () => log().flatMap((line) => ('shipped' in line ? line.shipped : [])),
    provisioned: () => log().flatMap((line) => ('provisioned' in line ? [line] : [])),
  };
}
