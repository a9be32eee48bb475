/** What `runExecutor` promises to its user, before any door: a fake one, or the running service. */
import { asking } from './contract/asking.ts';
import type { OpenDoor } from './contract/atWork.ts';
import { callers } from './contract/callers.ts';
import { checkpoints } from './contract/checkpoints.ts';
import { endings } from './contract/endings.ts';
import { keepingALease } from './contract/keepingALease.ts';
import { stopping } from './contract/stopping.ts';

const PARTS = [asking, keepingALease, checkpoints, endings, stopping, callers];

export const executorContract = (openDoor: OpenDoor): void => {
  for (const part of PARTS) part(openDoor);
};
