import { blindDeployment } from './blindDeployment.ts';
import { burntPin } from './burntPin.ts';
import { clockThatLeapt } from './clockThatLeapt.ts';
import { coolingOff } from './coolingOff.ts';
import { droppedLetter } from './droppedLetter.ts';
import { endedPause } from './endedPause.ts';
import { farFuture } from './farFuture.ts';
import { flood } from './flood.ts';
import { foreignAgent } from './foreignAgent.ts';
import { fridayNight } from './fridayNight.ts';
import { guardGap } from './guardGap.ts';
import { hush } from './hush.ts';
import { liftedHold } from './liftedHold.ts';
import { mailsThatFail } from './mailsThatFail.ts';
import { rewrittenHistory } from './rewrittenHistory.ts';
import { sameName } from './sameName.ts';
import { secondAttacker } from './secondAttacker.ts';
import { shorterByResume } from './shorterByResume.ts';
import type { Attack } from './stage.ts';
import { webPage } from './webPage.ts';

/** Those that move the clock come last: what is due then is of no other story. */
export const ATTACKS: readonly Attack[] = [
  ...[fridayNight, guardGap, rewrittenHistory, hush, secondAttacker, shorterByResume, liftedHold, burntPin, farFuture],
  ...[foreignAgent, endedPause, droppedLetter, webPage, flood, coolingOff, sameName, clockThatLeapt, mailsThatFail],
  // It leaves another instance's settings behind.
  blindDeployment,
];

/** As in Azure: people have a day after the last reminder. */
export const ENVIRONMENT = { PURGE_NOTICE: 'PT24H' };
