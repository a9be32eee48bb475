/**
 * Writes every letter with believable facts to .reprieve/mails, to look at in a browser. With `--pictures` it also takes the
 * pictures of docs/mails.md, in Debian's Chromium.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
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
  { name: 'confirmed', of: 'PurgeComplete-ordered', width: DESK },
  { name: 'hybrid-deletion-phone', of: 'DeleteBackupData-hybrid', width: PHONE, shade: 'dark' },
  { name: 'mass-deletion', of: 'MassDeletion', width: DESK, height: 1330 },
  { name: 'digest-phone', of: 'Digest', width: PHONE },
];

/** Letters that belong together, on one picture. */
const SHEETS: Readonly<Record<string, readonly string[]>> = {
  weakenings: ['WeakeningRequested', 'WeakeningCancelled', 'ProtectionWeakened', 'VisibilityReduced'],
  orders: ['PurgeUnconfirmedEscalated', 'PurgeStuck-ordered', 'PurgeRefused', 'PurgeForced'],
  guards: ['GuardRequested', 'GuardGranted', 'GuardUsed', 'GuardWeakened'],
  vaults: ['VaultDeleted', 'VaultRestored', 'VaultRemoved', 'MuaDisabled'],
  service: ['BrakeReleased', 'ServiceSettingsChanged', 'EvidenceBroken', 'PurgedUntold'],
};
const SHEET = 2 * 640;

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

const sheet = (names: readonly string[]): string =>
  html`<!doctype html>
<meta charset="utf-8">
<body style="margin:12px;display:grid;grid-template-columns:1fr 1fr;gap:12px;align-items:start;background:#dddddd">
${letters
  .filter(({ name }) => names.includes(name))
  .toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name))
  .map((one) => html`<iframe srcdoc="${one.html}" style="width:100%;border:0;background:#ffffff"></iframe>`)}
</body>`.markup;

/** Every letter of the sheet is shown to its end. */
const GROW =
  "for (const one of document.querySelectorAll('iframe')) one.height = one.contentDocument.documentElement.scrollHeight";

async function takeSheets(browser: Browser): Promise<void> {
  for (const [name, names] of Object.entries(SHEETS)) {
    const page = await browser.newPage({ viewport: { width: SHEET, height: 100 } });
    await page.setContent(sheet(names));
    await page.evaluate(GROW);
    await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
    await page.close();
  }
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
    await takeSheets(browser);
  } finally {
    await browser.close();
  }
  process.stdout.write(`${TAKEN.length + Object.keys(SHEETS).length} pictures in ${PICTURES}\n`);
}

writeLetters();
if (process.argv.includes('--pictures')) await takePictures();
