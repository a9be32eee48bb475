/** `npm run bench`: every section, or those that are named. Prints each and keeps it in docs/performance.md. */
import { against } from './against.ts';
import { anyCall } from './anyCall.ts';
import { coldImport } from './coldImport.ts';
import { counts } from './counts.ts';
import { keepSection } from './document.ts';
import { machine } from './machine.ts';
import { mail } from './mail.ts';
import { requests } from './requests.ts';
import { sweepCounts } from './sweep/counts.ts';
import { sweepLife } from './sweep/life.ts';
import { sweepMemory } from './sweep/memory.ts';
import { sweepRace } from './sweep/race.ts';
import { sweepReplay } from './sweep/replay.ts';
import { sweepScale } from './sweep/scale.ts';

type Section = (say: (line: string) => void) => Promise<string>;

/** A section's name marks its block in the document. */
const SECTIONS: Readonly<Record<string, Section>> = {
  requests,
  against,
  import: coldImport,
  counts,
  'any-call': anyCall,
  mail,
  'sweep-counts': sweepCounts,
  'sweep-life': sweepLife,
  'sweep-memory': sweepMemory,
  'sweep-race': sweepRace,
  'sweep-replay': sweepReplay,
  'sweep-scale': sweepScale,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(SECTIONS, name));
if (unknown.length > 0) {
  process.stderr.write(`There is no section ${unknown.join(', ')}; there are ${Object.keys(SECTIONS).join(', ')}.\n`);
  process.exit(2);
}
// whoever started us, over IPC, is gone: what we started notices the same way
const alone = () => process.exit(1);
process.on('disconnect', alone);

for (const [name, section] of Object.entries(SECTIONS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const on = machine();
  const [title = '', ...rest] = (await section((line) => process.stderr.write(`${name}: ${line}\n`))).split('\n');
  const markdown = [title, '', on, ...rest].join('\n');
  process.stdout.write(`\n${markdown}\n`);
  keepSection(name, markdown);
}
process.off('disconnect', alone);
process.disconnect?.();
