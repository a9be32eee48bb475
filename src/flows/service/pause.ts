import { type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import { addDays, type Instant } from '../../core/time.ts';
import type { Pause, Ports } from '../../ports.ts';
import type { Asking } from '../asking.ts';

const LONGEST_PAUSE_DAYS = 7;

export type PauseAsk = Pick<Pause, 'reason' | 'until'>;
type PausePorts = Pick<Ports, 'control' | 'newId'>;

/** By the clock of now: a pause may have ended since the request began. */
export async function readPause({ control, clock }: Pick<Ports, 'control' | 'clock'>): Promise<Outcome<Pause>> {
  const { pause } = await control.read();
  return pause && pause.until > clock.now() ? ok(pause) : refuse('PauseNotFound', 'Purging is not paused.');
}

export async function putPause(ports: PausePorts, asking: Asking<Pause>, ask: PauseAsk): Promise<Outcome<Pause>> {
  if (!isSoon(ask.until, asking.now))
    return refuse('InvalidRequest', 'A pause ends within seven days, and in the future.', { target: '$.until' });
  const { pause: before } = await ports.control.read();
  const refused = stalePause(asking, before);
  if (refused) return refused;
  const pause: Pause = { ...ask, by: asking.caller.oid, at: asking.now, etag: ports.newId() };
  await ports.control.putPause(pause);
  return ok(pause);
}

export async function endPause(ports: Pick<Ports, 'control' | 'clock'>, asking: Asking<null>): Promise<Outcome<null>> {
  const pause = await readPause(ports);
  if (!pause.ok) return pause;
  const refused = stalePause(asking, pause.value);
  if (refused) return refused;
  await ports.control.putPause(null);
  return ok(null);
}

const isSoon = (until: Instant, now: Instant): boolean => until > now && until <= addDays(now, LONGEST_PAUSE_DAYS);

/** The pause lies in no vault, so no fence holds it: the etag is compared before the write, and of two writers the last one counts. */
const stalePause = ({ ifMatch }: Asking<never>, pause: Pause | null): Refused | undefined =>
  ifMatch && !ifMatch.some((etag) => pause && (etag === '*' || etag === pause.etag))
    ? refuse(
        'PreconditionFailed',
        'The pause has changed since you read it. Read it again and repeat the call with the new etag.',
      )
    : undefined;
