/** Writes every letter with believable facts to .reprieve/mails, to look at in a browser. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { html, type Markup } from '../src/letters/asHtml.ts';
import { letter } from '../src/letters/letter.ts';
import { EXAMPLES } from '../test/letters/examples.ts';

const FOLDER = join(import.meta.dirname, '..', '.reprieve', 'mails');

const letters = Object.entries(EXAMPLES).map(([name, occasion]) => ({ name, ...letter(occasion) }));

const entry = ({ name, subject }: (typeof letters)[number]): Markup =>
  html`<li><a href="${name}.html">${subject}</a> (<a href="${name}.txt">text</a>)</li>
`;

const index = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Mails of Reprieve</title>
<h1>Mails of Reprieve</h1>
<ul>
${letters.map(entry)}</ul>
</html>
`;

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
for (const { name, subject, text, html: page } of letters) {
  writeFileSync(join(FOLDER, `${name}.html`), page);
  writeFileSync(join(FOLDER, `${name}.txt`), `Subject: ${subject}\n\n${text}`);
}
writeFileSync(join(FOLDER, 'index.html'), index.markup);
process.stdout.write(`${letters.length} letters in ${FOLDER}\nopen ${join(FOLDER, 'index.html')}\n`);
