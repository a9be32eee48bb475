/** Which files a tool would take that reads .funcignore: git's rules, and those of Core Tools, which are others. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * By git's rules, as the editors and azd read the file; undefined where git is not installed. `.gitignore` does not count there, and
 * neither does what is committed.
 */
export function leftByGit(root: string): readonly string[] | undefined {
  const empty = mkdtempSync(join(tmpdir(), 'reprieve-git-'));
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['--git-dir', join(empty, '.git'), '--work-tree', root, ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  try {
    execFileSync('git', ['init', '--quiet', empty], { stdio: 'ignore' });
    const listed = git('ls-files', '-z', '--others', `--exclude-from=${join(root, '.funcignore')}`);
    return listed
      .split('\0')
      .filter((path) => path !== '')
      .toSorted();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
}

/** Core Tools never looks at these, whatever .funcignore says. */
const NEVER = {
  folders: ['.git', '.vscode'],
  files: ['.funcignore', '.gitignore', 'local.settings.json', 'project.lock.json'],
};

/**
 * As `func azure functionapp publish` takes them (its GitIgnoreParser, read in November 2026): every file in every folder, unless a plain
 * line fits the beginning of its path and no line with `!` does. The order of the lines does not matter, and a line fits although
 * the path goes on behind it: `!/dist/` takes all of dist, and `!/dist/main.js` takes dist/main.js.map as well.
 */
export function leftByCoreTools(root: string): readonly string[] {
  const lines = readFileSync(join(root, '.funcignore'), 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const taken = lines.filter((line) => line.startsWith('!')).map((line) => beginning(line.slice(1)));
  const left = lines.filter((line) => !line.startsWith('!')).map(beginning);
  const fits = (patterns: readonly RegExp[], path: string) => patterns.some((pattern) => pattern.test(path));
  return filesIn(root).filter((path) => fits(taken, path) || !fits(left, path));
}

function beginning(line: string): RegExp {
  const escaped = line.replace(/^\//, '').replace(/[-[\]/{}()+?.\\^$|]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('**', '(.+)').replaceAll('*', '([^\\/]+)')}`);
}

/** node_modules is looked at no further than its name goes: no line can take a file from it that does not take the folder. */
function filesIn(root: string, folder = ''): readonly string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .flatMap((entry): readonly string[] => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile()) return NEVER.files.includes(entry.name.toLowerCase()) ? [] : [path];
      if (!entry.isDirectory() || NEVER.folders.includes(entry.name)) return [];
      return path === 'node_modules' ? [`${path}/any/file.js`] : filesIn(root, path);
    })
    .toSorted();
}
