/**
 * Holds infra/ against the code, and says what it could not check. With the program that knows Azure's types (its path in AZMCP, or
 * the package @azure/mcp-linux-x64 installed) types are checked as well; what only Azure can tell is in docs/deploy.md.
 */
import { join } from 'node:path';
import { bicepParser } from './infra/parse.ts';
import { readFindings } from './infra/reads.ts';
import { findings } from './infra/rules.ts';
import { findProgram, type Known, typesOf } from './infra/typeData.ts';
import { typeFindings } from './infra/types.ts';
import { readCode, readTexts, type World, worldOf } from './infra/world.ts';

const root = join(import.meta.dirname, '..');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const world = worldOf(readTexts(join(root, 'infra')), await bicepParser(), readCode(root));
const program = findProgram(root);
const found = [...findings(world), ...(program === undefined ? [] : await ofTypes(program, world))];
if (program === undefined) say('check:infra: types were not checked (docs/deploy.md says how to)');
for (const { rule, finding } of found) say(`${rule}: ${finding}`);
if (found.length > 0) process.exitCode = 1;

async function ofTypes(path: string, { templates }: World) {
  const types = [...new Set(templates.flatMap(({ resources }) => resources.map(({ type }) => type)))];
  const known = new Map<string, Known>();
  for (const type of types) known.set(type, await typesOf(path, type));
  const untyped = types.filter((type) => known.get(type)?.entries.length === 0);
  say(
    `check:infra: ${types.length - untyped.length} of ${types.length} resource types checked; not ${untyped.join(', ')}`,
  );
  return templates
    .flatMap((template) => [...typeFindings(template, known), ...readFindings(template, known)])
    .map((finding) => ({ rule: 'types', finding }));
}
