/** Debian's Chromium, where there is one, or the one that CHROMIUM names. */
import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { atEnd } from './atEnd.ts';

const USUAL = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const named = process.env['CHROMIUM'];
const executable = (named === undefined ? USUAL : [named]).find((place) => existsSync(place));

/** Undefined where there is no browser: the reason is said, and what needs one is skipped. */
export const hasBrowser = executable !== undefined;
if (!hasBrowser) process.stderr.write('No Chromium here (apt-get install chromium): browser tests are skipped.\n');

/** As long as everybody waits: see eventually.ts. */
const PATIENCE_MS = 120_000;
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'].concat(
  '--disable-background-networking',
  '--disable-component-update',
);

let running: Promise<Browser> | undefined;

export interface Look {
  readonly shade?: 'light' | 'dark';
  readonly width?: number;
}

export interface Opened {
  readonly page: Page;
  /** What the page complained of in the console, but for failed requests. */
  readonly errors: string[];
  /** The requests that failed, or that the service refused. */
  readonly failed: string[];
}

function launch(): Promise<Browser> {
  const browser = chromium.launch({ ...(executable ? { executablePath: executable } : {}), args: QUIET });
  atEnd(async () => {
    running = undefined;
    await (await browser).close();
  });
  return browser;
}

/** A page of its own, and what went wrong on it. */
export async function openPage({ shade = 'light', width = 1280 }: Look = {}): Promise<Opened> {
  running ??= launch();
  const context = await (await running).newContext({
    viewport: { width, height: 900 },
    colorScheme: shade,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('console', (line) => {
    if (line.type() === 'error' && !line.text().startsWith('Failed to load resource')) errors.push(line.text());
  });
  const failed: string[] = [];
  page.on('response', (answer) => {
    if (answer.status() >= 400) failed.push(`${answer.status()} ${answer.request().method()} ${answer.url()}`);
  });
  page.on('requestfailed', (request) => failed.push(`${request.failure()?.errorText} ${request.url()}`));
  return { page, errors, failed };
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

const COLOURS = ['color-contrast', 'link-in-text-block'];

/** Which of axe's rules are asked: WCAG 2.2 AA and best practices. In the dark only colours are others. */
const RULES = {
  all: {},
  colours: { runOnly: { type: 'rule', values: COLOURS } },
} as const;

/** What keeps people out, by axe. */
export async function violations(page: Page, rules: keyof typeof RULES = 'all'): Promise<string[]> {
  // of all that is right axe would describe every element too
  const options = { resultTypes: ['violations'], selectors: false, ...RULES[rules] };
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) await page.evaluate(axe.source);
  const found = await page.evaluate<readonly Violation[]>(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  );
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
  );
}

/**
 * Takes away the parts of a long page that look like others: every element whose tags and classes, up to the body, occur elsewhere, too.
 * Colours follow from these, and axe takes longest for colours.
 */
export const takeRepeatsAway = (page: Page): Promise<number> => page.evaluate<number>(TAKE_REPEATS_AWAY);

const TAKE_REPEATS_AWAY = `(() => {
  const kindOf = (element) => element === document.body ? '' : kindOf(element.parentElement) + '>' + element.tagName + '.' + element.className;
  const kindsIn = (part) => {
    const kinds = new Map();
    for (const one of [part, ...part.querySelectorAll('*')]) kinds.set(kindOf(one), (kinds.get(kindOf(one)) ?? 0) + 1);
    return kinds;
  };
  const left = kindsIn(document.body);
  for (const part of document.querySelectorAll('section, li, tr')) {
    const kinds = part.isConnected ? [...kindsIn(part)] : [];
    if (kinds.some(([kind, count]) => left.get(kind) === count)) continue;
    for (const [kind, count] of kinds) left.set(kind, left.get(kind) - count);
    part.remove();
  }
  return document.querySelectorAll('*').length;
})()`;
