import { Cron } from 'croner';
import { z } from 'zod';

/** A schedule as Azure Functions writes it: six fields, seconds first. */
export const isSchedule = (text: string): boolean => {
  if (text.length > 100 || text.trim().split(/\s+/).length !== 6) return false;
  try {
    return new Cron(text, { paused: true, timezone: 'UTC' }).nextRun() !== null;
  } catch {
    return false;
  }
};

const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];
const SERVICES = ['Table', 'Queue', 'Blob'] as const;

const settings = z.object({
  /** Where vaults, items and the agenda are kept. */
  DATA_STORAGE: z.string().min(1),
  IDENTITY_ISSUER: z.url(),
  IDENTITY_AUDIENCE: z.string().min(1),
  IDENTITY_JWKS: z.url(),
  /** The authentication context that a second factor proves. */
  STEP_UP_CONTEXT: z.string().min(1).default('c1'),
  SWEEP_SCHEDULE: z.string().refine(isSchedule, 'is not a six-field schedule').default('0 */5 * * * *'),
  /** More purges than this at once are held until somebody has looked. */
  SWEEP_MAX_PURGES: z.coerce.number().int().min(1).max(1_000_000).default(1000),
  /** How long one sweep may begin new work. */
  SWEEP_BUDGET_SECONDS: z.coerce.number().int().min(5).max(1800).default(240),
  /** With more hints due than this, the timer spreads the work over the queue. */
  SWEEP_SPREAD_ABOVE: z.coerce.number().int().min(1).max(1_000_000).default(5000),
  AZURE_FUNCTIONS_ENVIRONMENT: z.string().optional(),
});

export interface Config {
  readonly storage: string;
  readonly identity: {
    readonly issuer: string;
    readonly audience: string;
    readonly jwks: string;
    readonly stepUpContext: string;
  };
  readonly sweep: {
    readonly schedule: string;
    readonly maxPurges: number;
    readonly budgetSeconds: number;
    readonly spreadAbove: number;
  };
  /** A development storage account on this machine, and nothing else: only then are callers without a token let in. */
  readonly local: boolean;
}

/** The environment as the service understands it; everything that is wrong with it is said at once. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const parsed = settings.safeParse(environment);
  if (!parsed.success) {
    const complaints = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new Error(`The settings are not right, so Reprieve does not start. ${complaints.join('; ')}`);
  }
  const given = parsed.data;
  return {
    storage: given.DATA_STORAGE,
    identity: {
      issuer: given.IDENTITY_ISSUER,
      audience: given.IDENTITY_AUDIENCE,
      jwks: given.IDENTITY_JWKS,
      stepUpContext: given.STEP_UP_CONTEXT,
    },
    sweep: {
      schedule: given.SWEEP_SCHEDULE,
      maxPurges: given.SWEEP_MAX_PURGES,
      budgetSeconds: given.SWEEP_BUDGET_SECONDS,
      spreadAbove: given.SWEEP_SPREAD_ABOVE,
    },
    local: given.AZURE_FUNCTIONS_ENVIRONMENT === 'Development' && isOnThisMachine(given.DATA_STORAGE),
  };
}

/** Each service must be named: one that is not would be looked for in Azure. */
function isOnThisMachine(storage: string): boolean {
  if (storage === 'UseDevelopmentStorage=true') return true;
  return SERVICES.every((service) => {
    const named = [...storage.matchAll(new RegExp(`${service}Endpoint=([^;]+)`, 'gi'))];
    return named.length > 0 && named.every(([, endpoint = '']) => isLoopback(endpoint));
  });
}

const isLoopback = (endpoint: string): boolean =>
  URL.canParse(endpoint) && LOOPBACK.includes(new URL(endpoint).hostname);
