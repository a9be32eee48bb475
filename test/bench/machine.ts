/** What a figure was measured on: without it a figure says nothing. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, type } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/launch.ts';

const PACKAGES = ['azurite', '@azure/data-tables', '@azure/functions'] as const;

export function machine(): string {
  const cpu = cpus()[0]?.model.trim() || 'unknown CPU';
  const load = loadavg()[0]?.toFixed(1) ?? '?';
  const packages = PACKAGES.map((name) => `${name} ${versionOf(name)}`).join(', ');
  const on = `${cpu}, ${availableParallelism()} cores (load before the run ${load}), ${system()}`;
  return `Measured ${new Date().toISOString().slice(0, 10)} on ${on}; Node ${process.versions.node}, ${packages}.`;
}

const versionOf = (name: string): string => {
  const { version }: { readonly version: string } = JSON.parse(
    readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8'),
  );
  return version;
};

function system(): string {
  try {
    const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    return `${name ?? type()} (${type()} ${release()})`;
  } catch {
    return `${type()} ${release()}`; // not a Linux that says so
  }
}
