/** The tour of the README, walked by a shell in a service that the demo has filled: to fill another takes longer than the tour. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { hasBrowser, openPage } from '../support/browser.ts';
import { call } from '../support/call.ts';
import { clockOf } from '../support/estate.ts';
import { ROOT, type Service } from '../support/launch.ts';

interface Step {
  readonly commands: string;
  readonly expected: readonly string[];
}

const EXPECTED = '#> ';

/** The tour's shell blocks, cut behind each group of lines that say what comes back. */
function stepsOf(markdown: string): readonly Step[] {
  const lines = [...markdown.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n'));
  const steps: { commands: string[]; expected: string[] }[] = [{ commands: [], expected: [] }];
  for (const line of lines) {
    const current = steps.at(-1);
    if (!current) continue;
    if (line.startsWith(EXPECTED)) current.expected.push(line.slice(EXPECTED.length));
    else if (current.expected.length > 0 && line.trim() !== '') steps.push({ commands: [line], expected: [] });
    else current.commands.push(line);
  }
  return steps.map(({ commands, expected }) => ({ commands: commands.join('\n'), expected }));
}

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const steps = stepsOf(README);
const MARK = '@@ end of step';

const blobsOf = ({ storage }: Service): string => /BlobEndpoint=([^;]+)/.exec(storage)?.[1] ?? '';

/** What the demo has to be told of a service that is not where one usually is. */
const placeOf = ({ api, mail, storage }: Service) => ['--url', api, '--mail', mail, '--storage', `'${storage}'`];

export function theTour(service: Service): void {
  let answers: readonly string[];

  beforeAll(async () => {
    await clockOf(service).reset();
    const script = steps.map(({ commands }) => `${commands}\necho '${MARK}'`).join('\n');
    const here = script
      .replaceAll('http://127.0.0.1:7071', service.api)
      .replaceAll('http://127.0.0.1:7072', service.mail)
      .replaceAll('http://127.0.0.1:7073', service.idp)
      .replaceAll('http://127.0.0.1:10000/devstoreaccount1', blobsOf(service))
      .replaceAll('npm run demo', `npm run demo -- ${placeOf(service).join(' ')}`);
    const env = { ...process.env, REPRIEVE_URL: service.api, NO_COLOR: '1' };
    // a line that never comes back must not keep the whole run
    const run = spawnSync('bash', ['-c', here], { cwd: ROOT, env, encoding: 'utf8', timeout: 280_000 });
    answers = run.stdout.split(MARK);
  });

  test('has commands and says what comes back', () => {
    expect(steps.flatMap(({ expected }) => expected).length).toBeGreaterThan(10);
    expect(README).toContain('API=http://127.0.0.1:7071/api');
  });

  test.each(steps.map((step, index) => ({ ...step, index })))('works as printed: $commands', ({ index, expected }) => {
    for (const text of expected) expect(answers[index]).toContain(text);
  });

  test('points at nothing that is not there', async () => {
    const here = [...README.matchAll(/http:\/\/127\.0\.0\.1:707[12][^\s>)'"]*/g)].map(([link]) => link);
    expect(here.length).toBeGreaterThan(5);
    for (const link of new Set(here.filter((one) => !one.includes('/api')))) {
      const address = link.replace('http://127.0.0.1:7071', service.api).replace('http://127.0.0.1:7072', service.mail);
      // A connection that is kept may be closed by the other side just then.
      expect((await fetch(address, { headers: { connection: 'close' } })).status, link).toBe(200);
    }
    const files = [...README.matchAll(/\]\(((?!https?:)[^)#]+)/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) expect(existsSync(join(ROOT, file)), file).toBe(true);
  });

  test.skipIf(!hasBrowser)('shows in the portal, in red, what was deleted', async () => {
    const body = { mode: 'delete', confirmName: 'web-05' };
    await call(service.api, 'POST', '/api/vaults/northwind-prod/items/web-05/stop', { body });
    const links = [...README.matchAll(/http:\/\/127\.0\.0\.1:7071(\/portal#[^\s>)]+)/g)].map(([, path]) => path);
    expect(links).toEqual(['/portal#/items?state=SoftDeleted', '/portal#/vaults/northwind-prod/items/web-05']);
    const { page } = await openPage();
    await page.goto(`${service.api}${links[0]}`);
    await page.locator('tr.red-row', { hasText: 'web-05' }).waitFor();
    await page.goto(`${service.api}${links[1]}`);
    await page.getByText('web-05 is soft deleted: 14 days left.').waitFor();
  });
}
