/** Draws docs/controls.md from the table of controls. With `--check` it draws nothing and says whether the page is stale. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindOf } from '../src/core/alertTypes.ts';
import { CONTROL_NAMES, CONTROLS, type Control, type Controls } from '../src/core/controls.ts';
import { type KeptName, LEAVES, SETTING_LEAVES, type Watch } from '../src/core/leaves.ts';

const PAGE = join(import.meta.dirname, '..', 'docs', 'controls.md');
const TABLE: Controls = CONTROLS;

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const head = (...cells: readonly string[]) => [row(cells), row(cells.map(() => '---'))];

function controlRow(control: Control): string {
  const { by, factor, guard, guarded, coolsOff, alert } = TABLE[control];
  const asked = factor === 'no' ? '–' : factor === 'yes' ? 'yes' : factor.words;
  const approval = guard === 'none' ? '–' : `\`${guard}\`${guarded ? `, ${guarded.words}` : ''}`;
  const told = `\`${alert}\`, ${kindOf(alert).severity}`;
  return row([`\`${control}\``, by, asked, approval, coolsOff ? 'yes' : '–', told]);
}

type Leaves = Readonly<Record<string, Watch>>;

const leafRows = (leaves: Leaves): readonly string[] =>
  Object.entries(leaves).map(([leaf, watch]) => {
    const word = typeof watch === 'string' ? `\`${watch}\`` : watch.harmless;
    return row([`\`${leaf}\``, word]);
  });

const section = (title: string, leaves: Leaves): readonly string[] => [
  '',
  `### ${title}`,
  '',
  ...head('value', 'control'),
  ...leafRows(leaves),
];

const TITLES: { readonly [K in KeptName]: string } = {
  vault: 'A vault',
  policy: 'A policy',
  guard: 'A guard',
  silence: 'A silence',
  hold: 'A hold',
  pause: 'A pause of purging',
  belt: 'The belt',
};

const page = (): string =>
  `${[
    '# Controls',
    '',
    'Drawn by `npm run controls` from `src/core/controls.ts` and `src/core/leaves.ts`; do not edit it by hand.',
    '',
    'A control protects data or makes its loss seen. Whoever weakens one is named in the history, and everybody who heard of the vault before',
    'or hears of it afterwards is told at once. No silence and no digest keeps that back. What weakens is judged by what was and what would be,',
    'whatever the verb is called. A person proves the second factor by the token, an app by a security PIN.',
    '',
    ...head('control', 'weakened by', 'second factor', 'guard operation', 'cools off', 'alert'),
    ...CONTROL_NAMES.map(controlRow),
    '',
    'In a vault with `coolingOffHours` a weakening that cools off is answered 202 and stands under `pendingChanges`. The first sweep after these',
    'hours decides it anew and lets it hold. Until then an Operator can cancel it.',
    '',
    '## What is watched',
    '',
    'Every value that a change could loosen, with the control that watches it, or the reason why none does.',
    ...(Object.keys(LEAVES) as KeptName[]).flatMap((kept) => section(TITLES[kept], LEAVES[kept])),
    ...section('The settings of the service', SETTING_LEAVES),
  ].join('\n')}\n`;

const drawn = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '';
if (!process.argv.includes('--check')) writeFileSync(PAGE, page());
else if (drawn !== page()) {
  process.stderr.write('docs/controls.md does not show the table of controls as it is: run "npm run controls".\n');
  process.exitCode = 1;
}
