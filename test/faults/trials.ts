import { CONTROL_VERBS } from './controlVerbs.ts';
import { MORE_VERBS } from './moreVerbs.ts';
import { ORDER_VERBS } from './orderVerbs.ts';
import { SECURITY_VERBS } from './securityVerbs.ts';
import { TOLD_VERBS } from './toldVerbs.ts';
import { VERBS } from './verbs.ts';

/** Every verb of the fault matrix: a route that changes something and is called by none of them fails a unit test. */
export const TRIALS = {
  ...VERBS,
  ...SECURITY_VERBS,
  ...CONTROL_VERBS,
  ...MORE_VERBS,
  ...TOLD_VERBS,
  ...ORDER_VERBS,
};
