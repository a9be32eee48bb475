/**
 * Fires 20 000 requests at a local run, and says what is wrong with the answers: `npm run fuzz`. `--seed 7` repeats a run,
 * `--count 500` makes it shorter, `--only 123` fires one shot of it into a fresh world.
 */
import { parseArgs } from 'node:util';
import { fuzz, ROUTE_NAMES } from '../test/fuzz/drive.ts';
import { launchService } from '../test/support/launch.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, count: { type: 'string' }, only: { type: 'string' } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const count = Number(values.count ?? 20_000);
const say = (line: string) => process.stdout.write(`${line}\n`);

say(`seed ${seed}: npm run fuzz -- --seed ${seed} --count ${count}`);
const service = await launchService();
try {
  const started = Date.now();
  const only = values.only === undefined ? {} : { only: Number(values.only) };
  const report = await fuzz(service, { seed, count, tell: say, ...only });
  const untaken = ROUTE_NAMES.filter((name) => !report.routes[name]?.taken);
  for (const finding of report.findings) say(`\n${finding}`);
  say(
    `\n${report.fired} requests in ${Math.round((Date.now() - started) / 1000)} s; by status ${JSON.stringify(report.statuses)}`,
  );
  say(
    `${report.byPlatform} refused by the platform itself; routes that never did what they are for: ${untaken.join(', ') || 'none'}`,
  );
  say(`${report.findings.length} findings with seed ${seed}`);
  process.exitCode = report.findings.length > 0 ? 1 : 0;
} finally {
  await service.stop();
}
