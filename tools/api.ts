/**
 * Makes what follows from the API document: the types of client/, and docs/requests.http; with `--wire` also what the wire is held
 * against. With `--check` it makes nothing and says what is stale, and which of our rules the document breaks.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientOf } from './api/client.ts';
import { readDocument } from './api/read.ts';
import { requestsOf } from './api/requests.ts';
import { findings } from './api/rules.ts';
import { wireOf } from './api/wire.ts';

const root = join(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');
const complain = (line: string): void => {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
};

const document = readDocument();
if (isCheck) for (const { rule, finding } of findings(document)) complain(`${rule}: ${finding}`);

const made = [
  ['client/api.ts', clientOf(document)],
  ['docs/requests.http', requestsOf(document)],
] as const;
const wire = ['test/tools/api/wire.json', wireOf(document)] as const;

for (const [file, text] of process.argv.includes('--wire') ? [...made, wire] : made) {
  const path = join(root, file);
  const stands = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (!isCheck) writeFileSync(path, text);
  else if (stands !== text) complain(`${file} does not follow the API document as it is: run "npm run api".`);
}
