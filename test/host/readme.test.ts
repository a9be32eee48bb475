import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Service } from '../support/launch.ts';
import { startService } from '../support/service.ts';

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

describe('the tour of the README', () => {
  let service: Service;
  let answers: readonly string[];

  beforeAll(async () => {
    service = await startService();
    const script = steps.map(({ commands }) => `${commands}\necho '${MARK}'`).join('\n');
    const here = script
      .replaceAll('http://127.0.0.1:7071', service.api)
      .replaceAll('http://127.0.0.1:7072', service.mail);
    const run = spawnSync('bash', ['-c', here], { encoding: 'utf8', timeout: 60_000 });
    answers = run.stdout.split(MARK);
  });

  test('has commands and says what comes back', () => {
    expect(steps.flatMap(({ expected }) => expected).length).toBeGreaterThan(10);
    expect(README).toContain('API=http://127.0.0.1:7071/api');
  });

  test.each(steps.map((step, index) => ({ ...step, index })))('works as printed: $commands', ({ index, expected }) => {
    for (const text of expected) expect(answers[index]).toContain(text);
  });
});
