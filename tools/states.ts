/** Draws docs/states.md from the transition table. With `--check` it draws nothing and says whether the page is stale. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ITEM_STATES, type ItemState } from '../src/core/item.ts';
import { EXCLUSIVE, type Step, TRANSITIONS, VERBS, type Verb } from '../src/core/transitions.ts';

const PAGE = join(import.meta.dirname, '..', 'docs', 'states.md');

const stepOf = (state: ItemState, verb: Verb): Step => TRANSITIONS[state][verb];

/** Arrows between two states, the verbs that share one on one line. */
function arrows(): readonly string[] {
  return ITEM_STATES.flatMap((from) => {
    const leaving = VERBS.map((verb) => ({ verb, step: stepOf(from, verb) }));
    const targets = [...new Set(leaving.flatMap(({ step }) => ('to' in step && step.to !== from ? [step.to] : [])))];
    return targets.map((to) => {
      const verbs = leaving
        .filter(({ step }) => 'to' in step && step.to === to)
        .map(({ verb, step }) => labelOf(verb, step));
      return `    ${from} --> ${to}: ${verbs.join(', ')}`;
    });
  });
}

const labelOf = (verb: Verb, step: Step): string => ('onlyIf' in step ? `${verb} [${step.onlyIf}]` : verb);

function cell(state: ItemState, verb: Verb): string {
  const step = stepOf(state, verb);
  if ('refuse' in step) return `refused: \`${step.refuse}\``;
  const outcome = step.idle ? 'no change' : step.to === state ? 'stays' : `**${step.to}**`;
  const condition = 'onlyIf' in step ? ` only if *${step.onlyIf}*, else \`${step.otherwise}\`` : '';
  return `${outcome}${condition}: ${step.note}`;
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const table = (): readonly string[] => [
  row(['verb', ...ITEM_STATES]),
  row(['---', ...ITEM_STATES.map(() => '---')]),
  ...VERBS.map((verb) =>
    row([EXCLUSIVE.has(verb) ? `${verb} †` : verb, ...ITEM_STATES.map((state) => cell(state, verb))]),
  ),
];

const page = (): string =>
  `${[
    '# States',
    '',
    'Drawn by `npm run states` from `src/core/transitions.ts`; do not edit it by hand.',
    '',
    '```mermaid',
    'stateDiagram-v2',
    '    [*] --> Protected: protect',
    ...arrows(),
    '    Purging --> [*]: the tombstone',
    '```',
    '',
    'A stop with delete is `softDelete` or `hardDelete`: the vault and the tier of the item decide which.',
    'Verbs marked † wait until the running job has ended (`ObjectLocked`).',
    '',
    ...table(),
  ].join('\n')}\n`;

const drawn = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '';
if (!process.argv.includes('--check')) writeFileSync(PAGE, page());
else if (drawn !== page()) {
  process.stderr.write('docs/states.md does not show the transition table as it is: run "npm run states".\n');
  process.exitCode = 1;
}
