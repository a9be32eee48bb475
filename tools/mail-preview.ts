/**
 * Writes every letter with believable facts to .reprieve/mails, to look at in a browser. With `--pictures` it also takes the
 * pictures of docs/mails.md, in Debian's Chromium.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { letter } from '../src/letters/letter.ts';
import { html, type Markup } from '../src/letters/writers.ts';
import { EXAMPLES } from '../test/letters/examples.ts';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, '.reprieve', 'mails');
const PICTURES = join(ROOT, 'docs', 'mails');
const PHONE = 360;
const DESK = 700;

interface Picture {
  readonly name: string;
  readonly of: string;
  readonly width: number;
  readonly shade?: 'dark';
  /** Cuts a long letter here. */
  readonly height?: number;
}

const TAKEN: readonly Picture[] = [
  { name: 'deletion', of: 'DeleteBackupData', width: DESK },
  { name: 'upcoming-purge', of: 'UpcomingPurge', width: DESK, shade: 'dark' },
  { name: 'late-reminder', of: 'UpcomingPurge-afterwards', width: DESK },
  { name: 'purged', of: 'PurgeComplete-unwarned', width: DESK },
  { name: 'hybrid-deletion-phone', of: 'DeleteBackupData-hybrid', width: PHONE, shade: 'dark' },
  { name: 'mass-deletion', of: 'MassDeletion', width: DESK, height: 1330 },
  { name: 'digest-phone', of: 'Digest', width: PHONE },
];

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

function writeLetters(): void {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const { name, subject, text, html: page } of letters) {
    writeFileSync(join(FOLDER, `${name}.html`), page);
    writeFileSync(join(FOLDER, `${name}.txt`), `Subject: ${subject}\n\n${text}`);
  }
  writeFileSync(join(FOLDER, 'index.html'), index.markup);
  process.stdout.write(`${letters.length} letters in ${FOLDER}\nopen ${join(FOLDER, 'index.html')}\n`);
}

async function takePictures(): Promise<void> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    for (const { name, of, width, height, shade = 'light' } of TAKEN) {
      const page = await browser.newPage({ viewport: { width, height: height ?? 100 }, colorScheme: shade });
      await page.goto(`file://${join(FOLDER, `${of}.html`)}`);
      await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: height === undefined });
      await page.close();
    }
  } finally {
    await browser.close();
  }
  process.stdout.write(`${TAKEN.length} pictures in ${PICTURES}\n`);
}

writeLetters();
if (process.argv.includes('--pictures')) await takePictures();
