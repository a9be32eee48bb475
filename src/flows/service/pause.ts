import { invalid, type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import { addDays, type Instant } from '../../core/time.ts';
import type { Pause, Reads } from '../../ports.ts';
import type { Request } from '../story/request.ts';

const LONGEST_PAUSE_DAYS = 7;

export type PauseAsk = Pick<Pause, 'reason' | 'until'>;
type PausePorts = Pick<Reads, 'control' | 'newId'>;

/** By the clock of now: a pause may have ended since the request began. */
export async function readPause({ control, clock }: Pick<Reads, 'control' | 'clock'>): Promise<Outcome<Pause>> {
  const { pause } = await control.read();
  return pause && pause.until > clock.now() ? ok(pause) : refuse('PauseNotFound', 'Purging is not paused.');
}

export async function putPause(ports: PausePorts, request: Request<Pause>, ask: PauseAsk): Promise<Outcome<Pause>> {
  if (!isSoon(ask.until, request.now)) return invalid('$.until', 'A pause ends within seven days, and in the future.');
  const { pause: before } = await ports.control.read();
  const refused = stalePause(request, before);
  if (refused) return refused;
  const pause: Pause = { ...ask, by: request.caller.oid, at: request.now, etag: ports.newId() };
  await ports.control.putPause(pause);
  return ok(pause);
}

export async function endPause(
  ports: Pick<Reads, 'control' | 'clock'>,
  request: Request<null>,
): Promise<Outcome<null>> {
  const pause = await readPause(ports);
  if (!pause.ok) return pause;
  const refused = stalePause(request, pause.value);
  if (refused) return refused;
  await ports.control.putPause(null);
  return ok(null);
}

const isSoon = (until: Instant, now: Instant): boolean => until > now && until <= addDays(now, LONGEST_PAUSE_DAYS);

/** The pause lies in no vault, so no fence holds it: the etag is compared before the write, and of two writers the last one counts. */
const stalePause = ({ ifMatch }: Request<never>, pause: Pause | null): Refused | undefined =>
  ifMatch && !ifMatch.some((etag) => pause && (etag === '*' || etag === pause.etag))
    ? refuse(
        'PreconditionFailed',
        'The pause has changed since you read it. Read it again and repeat the call with the new etag.',
      )
    : undefined;
