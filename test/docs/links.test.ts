/** Every link of a page to a file of this project, and to a heading in it, leads somewhere. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/launch.ts';

const PAGES = ['*.md', 'docs/**/*.md', 'client/*.md', 'cli/*.md', 'examples/*/*.md', 'executor/*.md', 'portal/*.md'];
const LINK = /\]\((?!\w+:)([^)\s#]*)(?:#([^)\s]+))?\)/g;

const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** As it is made from a heading: `Where it's lost` is `where-its-lost`. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsIn = (file: string): readonly string[] =>
  [...textOf(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

function leadsNowhere(page: string, to: string, heading: string | undefined): boolean {
  const file = to === '' ? page : relative(ROOT, join(ROOT, dirname(page), to));
  if (!existsSync(join(ROOT, file))) return true;
  return heading !== undefined && file.endsWith('.md') && !anchorsIn(file).includes(heading);
}

test.for(globSync(PAGES, { cwd: ROOT }).toSorted())('the links of %s lead somewhere', (page) => {
  const links = [...textOf(page).matchAll(LINK)];
  const broken = links.filter(([, to = '', heading]) => leadsNowhere(page, to, heading)).map(([link]) => link);
  expect(broken).toEqual([]);
});
