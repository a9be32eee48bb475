/** `npm run attacks`: plays every attack against a running service and says what came of it. */
import { launchService } from '../support/launch.ts';
import { ATTACKS, ENVIRONMENT } from './all.ts';
import { type Report, stageOn } from './stage.ts';

const WIDTH = 100;

const listed = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `  ${title}\n${lines.map((line) => `    ${line}`).join('\n')}\n`;

const toldOf = ({ claims, refused, told, entries }: Report): string =>
  [
    ...claims.map(({ says, holds }) => `  ${holds ? 'holds' : 'DOES NOT HOLD'}: ${says}\n`),
    listed('refused', refused),
    listed('told', told),
    listed('in the history', entries),
  ].join('');

const service = await launchService({ env: ENVIRONMENT });
let succeeded = 0;
for (const { title, story, play } of ATTACKS) {
  process.stdout.write(`\n${'─'.repeat(WIDTH)}\n${title}\n\n${story}\n\n`);
  const stage = stageOn(service);
  const failure = await play(stage).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const report = stage.report();
  process.stdout.write(toldOf(report));
  if (failure) process.stdout.write(`  the story broke off: ${failure}\n`);
  if (failure || report.claims.some(({ holds }) => !holds)) succeeded += 1;
}
await service.stop();
process.stdout.write(`\n${ATTACKS.length - succeeded} attacks failed, ${succeeded} succeeded\n`);
process.exitCode = succeeded === 0 ? 0 : 1;
