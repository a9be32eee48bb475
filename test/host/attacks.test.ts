/** Each attack, through the running host: whatever must hold for it to have failed, holds. */
import { expect, test } from 'vitest';
import { ATTACKS, ENVIRONMENT } from '../attacks/all.ts';
import { stageOn } from '../attacks/stage.ts';
import { startService } from '../support/service.ts';

const service = await startService({ env: ENVIRONMENT });

test.each(ATTACKS)('$title', async ({ play }) => {
  const stage = stageOn(service);
  await play(stage);
  const { claims } = stage.report();
  expect(claims.length).toBeGreaterThan(1);
  expect(claims.filter(({ holds }) => !holds)).toEqual([]);
});
