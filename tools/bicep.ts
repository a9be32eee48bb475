/**
 * Compiles infra/main.bicep to infra/main.json with Bicep's own compiler. With `--check` it only says whether that file is stale.
 * Any diagnostic is an error. Where there is no compiler, nothing is compiled and it says so; `dotnet restore tools/bicep` fetches it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, findCompiler, same } from './infra/compiler.ts';

const [given] = process.argv.slice(2).filter((one) => !one.startsWith('--'));
const infra = given ?? join(import.meta.dirname, '..', 'infra');
const COMPILED = join(infra, 'main.json');
const check = process.argv.includes('--check');

const fail = (line: string): void => {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
};

const compiler = await findCompiler();
if (!compiler) {
  process.stderr.write('Bicep not found, template not recompiled\n');
  if (!check) process.exitCode = 1;
} else {
  const { template, complaints } = await compile(compiler, join(infra, 'main.bicep'));
  for (const complaint of complaints) fail(complaint);
  if (template !== undefined && complaints.length === 0 && !same(template, readFileSync(COMPILED, 'utf8'))) {
    if (check) fail('infra/main.json is not what infra/main.bicep says: run "npm run bicep".');
    else writeFileSync(COMPILED, template);
  }
}
