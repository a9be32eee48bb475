/** Writes the help of every command into docs/cli.md. With `--check` it only says whether the page is stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../cli/commands.ts';
import { helpOfAll, helpOfCommand } from '../cli/help.ts';

const PAGE = join(import.meta.dirname, '..', 'docs', 'cli.md');
const [BEGIN, END] = ['<!-- help: npm run cli:help -->', '<!-- /help -->'];

/** What is the same for all stands once, at the top. */
const ownPart = (help: string): string => help.replace(/\n\nGlobal Arguments\n(?: {4}.*\n?)+/, '\n');

const sections = COMMANDS.map((command) =>
  [`### ${command.words.join(' ')}`, '', '```', ownPart(helpOfCommand(command)), '```'].join('\n'),
);
const help = [BEGIN, ['```', helpOfAll(), '```'].join('\n'), ...sections, END].join('\n\n');

const page = readFileSync(PAGE, 'utf8');
const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
if (from < 0 || to < from) throw new Error(`docs/cli.md has no place for the help: ${BEGIN} … ${END}`);
const written = page.slice(0, from) + help + page.slice(to + END.length);

if (!process.argv.includes('--check')) writeFileSync(PAGE, written);
else if (page !== written) {
  process.stderr.write('docs/cli.md does not show the help of the command line: run "npm run cli:help".\n');
  process.exitCode = 1;
}
