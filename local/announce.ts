/** What a run says when all of it stands: a table for people, one line for programs. */
import { FACTS, type Facts } from './part.ts';

const TITLES: { readonly [F in keyof Facts]-?: string } = {
  api: 'API',
  portal: 'Portal',
  mail: 'Mail',
  idp: 'Identity provider',
  storage: 'Storage',
  executor: 'Executor',
};

export const readyJson = (facts: Facts): string =>
  JSON.stringify({ ready: true, ...Object.fromEntries(present(facts)) });

export const readyTable = (facts: Facts): string =>
  [
    '',
    ...present(facts)
      .filter(([, value]) => value !== null)
      .map(([fact, value]) => `  ${TITLES[fact].padEnd(19)}${shown(fact, value)}`),
    '',
    facts.api === undefined ? PARTS_READY : `Reprieve is ready on ${facts.api}`,
  ].join('\n');

const PARTS_READY = 'These parts are ready. The service itself is started with "func start".';

type Fact = NonNullable<Facts[keyof Facts]>;

const present = (facts: Facts): [keyof Facts, Fact | null][] =>
  FACTS.flatMap((fact) => {
    const value = facts[fact];
    return value === undefined ? [] : [[fact, value]];
  });

/** Endpoints only: the ready line of --json is the one place where a connection string is printed. */
function shown(fact: keyof Facts, value: Fact | null): string {
  if (value === null) return '';
  if (typeof value === 'object') return `${value.name}, for the container ${value.container}`;
  return fact === 'storage'
    ? [...value.matchAll(/Endpoint=([^;]+)/g)].map(([, url]) => url).join('  ')
    : `${value}${fact === 'api' ? '/api' : ''}`;
}
