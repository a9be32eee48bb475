import { Cron } from 'croner';
import * as z from 'zod';

/** A schedule as Azure Functions writes it: six fields, seconds first. */
export const isSchedule = (text: string): boolean => {
  if (text.length > 100 || text.trim().split(/\s+/).length !== 6) return false;
  try {
    return new Cron(text, { paused: true, timezone: 'UTC' }).nextRun() !== null;
  } catch {
    return false;
  }
};

/** Seals the PINs of local runs, which protect nothing. */
const LOCAL_PEPPER = 'a local run has nothing to hide from anybody';

const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];
const isLoopback = (endpoint: string): boolean =>
  URL.canParse(endpoint) && LOOPBACK.includes(new URL(endpoint).hostname);
const SERVICES = ['Table', 'Queue', 'Blob'] as const;

const TENANT = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const listed = (text: string): readonly string[] => text.split(',').map((one) => one.trim());

const text = z.string().min(1);
const httpsUrl = z.url({ protocol: /^https$/ });
/** A collector beside the app may do without https. */
const isCollector = (url: string): boolean =>
  URL.canParse(url) && (new URL(url).protocol === 'https:' || LOOPBACK.includes(new URL(url).hostname));
const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

/**
 * Every setting, with what docs/operations.md says of it (`npm run settings`). `givenBy`: not ours to set in Azure, because the platform
 * does it, or because it is for local runs.
 */
export const SETTINGS = z.object({
  DATA_STORAGE: text.optional().meta({
    description: 'connection string of the account with the tables and queues; in Azure the four below take its place',
    givenBy: 'a local run',
  }),
  DATA_STORAGE__tableServiceUri: httpsUrl.optional().meta({ description: 'where the tables are' }),
  DATA_STORAGE__queueServiceUri: httpsUrl.optional().meta({ description: 'where the queues are' }),
  DATA_STORAGE__credential: z
    .literal('managedidentity')
    .optional()
    .meta({ description: 'how the host proves who it is to the queues' }),
  DATA_STORAGE__clientId: text
    .optional()
    .meta({ description: 'the identity of the app, where it is not its own; mails are sent with it too' }),
  IDENTITY_ISSUER: z.url().meta({ description: 'who issues the tokens' }),
  IDENTITY_AUDIENCE: text.meta({ description: 'for whom tokens have to be' }),
  IDENTITY_JWKS: z
    .url()
    .refine(
      (url) => /^https:/i.test(url) || isLoopback(url),
      'must be https: who can change the keys on their way can be anybody',
    )
    .meta({ description: "where the issuer's keys are" }),
  IDENTITY_TENANTS: z
    .string()
    .max(2000)
    .refine(
      (ids) => ids.trim() === '' || listed(ids).every((id) => TENANT.test(id)),
      'must be ids, separated by commas',
    )
    .default('')
    .meta({
      description: 'whose tokens are taken: ids of tenants, separated by commas; without them the issuer decides',
    }),
  STEP_UP_CONTEXT: text.default('c1').meta({ description: 'the authentication context that a second factor proves' }),
  PIN_PEPPER: z.string().min(32).max(500).optional().meta({
    description: 'what security PINs are sealed with, kept outside the storage account; needed outside of a local run',
  }),
  SWEEP_SCHEDULE: z
    .string()
    .refine(isSchedule, 'is not a six-field schedule')
    .default('0 */5 * * * *')
    .meta({ description: 'when the sweep runs: six fields, seconds first, UTC' }),
  SWEEP_MAX_PURGES: count(1, 1_000_000)
    .default(1000)
    .meta({ description: 'the belt: more purges than this at once are held until somebody has looked' }),
  SWEEP_BUDGET_SECONDS: count(5, 1800).default(240).meta({ description: 'how long one sweep may begin new work' }),
  SWEEP_SPREAD_ABOVE: count(1, 1_000_000)
    .default(5000)
    .meta({ description: 'with more hints due than this, the timer spreads the work over the queue' }),
  MAIL_CONNECTION_STRING: text.optional().meta({
    description: 'Communication Services with a key in it; in Azure MAIL_ENDPOINT takes its place',
    givenBy: 'a local run',
  }),
  MAIL_ENDPOINT: z.url().optional().meta({ description: "Communication Services, asked with the app's own identity" }),
  MAIL_SENDER: z.string().min(3).default('DoNotReply@reprieve.local').meta({ description: 'who mails are from' }),
  MAIL_PER_MINUTE: count(1, 100_000)
    .optional()
    .meta({ description: 'so many mails a minute, all instances together; what a managed domain allows is 5' }),
  MAIL_OPERATORS: z.string().default('').meta({
    description: 'who hears of what concerns the service as a whole: addresses, separated by commas',
  }),
  DELIVERY_WEBHOOK_KEY: z.string().min(16).max(200).optional().meta({
    description: 'what whoever reports the delivery of mails has to know; without it no report is believed',
  }),
  PORTAL_CLIENT_ID: text.max(100).optional().meta({
    description:
      'the app registration by which people sign in to the portal; without it the portal says that sign-in is not set up',
  }),
  METRICS_ENDPOINT: z
    .string()
    .refine((url) => url === '' || isCollector(url), 'must be a URL with https')
    .default('')
    .meta({ description: 'where metrics go, as OTLP over HTTP, once a minute: `https://…/v1/metrics`' }),
  WEBSITE_RESOURCE_GROUP: z
    .string()
    .optional()
    .meta({ description: 'the resource group, for mails', givenBy: 'the platform' }),
  AZURE_FUNCTIONS_ENVIRONMENT: z
    .string()
    .optional()
    .meta({ description: '`Development` in a local run', givenBy: 'the platform' }),
});

/** What begins like this is meant for us: a name that nobody reads is a mistake in a name. */
const PREFIXES: readonly string[] = [
  'DATA_STORAGE',
  'IDENTITY_',
  'STEP_UP_',
  'PIN_',
  'SWEEP_',
  'MAIL_',
  'DELIVERY_',
  'PORTAL_',
  'METRICS_',
];
/** How the platform tells an app where to ask for the tokens of its identity. */
const PLATFORMS: readonly string[] = ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'IDENTITY_SERVER_THUMBPRINT'];

/** Storage without a key: where its services are, and which identity asks. */
export interface KeylessStorage {
  readonly tables: string;
  readonly queues: string;
}

export interface Config {
  readonly storage: string | KeylessStorage;
  /** The identity that the app was given. undefined: its own. */
  readonly clientId: string | undefined;
  readonly identity: {
    readonly issuer: string;
    readonly audience: string;
    readonly jwks: string;
    /** Whose tokens are taken; none: whoever the issuer vouches for. */
    readonly tenants: readonly string[];
    readonly stepUpContext: string;
  };
  readonly pinPepper: string;
  readonly sweep: {
    readonly schedule: string;
    readonly maxPurges: number;
    readonly budgetSeconds: number;
    readonly spreadAbove: number;
  };
  readonly mail: {
    readonly sender: string;
    readonly connectionString: string | undefined;
    readonly endpoint: string | undefined;
    readonly perMinute: number | undefined;
    readonly operators: readonly string[];
    readonly resourceGroup: string | null;
  };
  /** undefined: metrics go nowhere. */
  readonly metricsEndpoint: string | undefined;
  readonly portal: { readonly clientId: string | undefined };
  readonly deliveryKey: string | undefined;
  /** A development storage account on this machine, and nothing else: only then are callers without a token let in. */
  readonly local: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment as the service understands it; everything that is wrong with it is said at once. */
export function readConfig(environment: Environment): Config {
  const parsed = SETTINGS.safeParse(environment);
  const local = isLocal(environment);
  const complaints = (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
  complaints.push(...unknown(environment), ...storageComplaints(environment));
  if (!local && environment['PIN_PEPPER'] === undefined)
    complaints.push('PIN_PEPPER: is needed outside of a local run');
  if (!parsed.success || complaints.length > 0)
    throw new Error(`The settings are not right, so Reprieve does not start. ${complaints.join('; ')}`);
  const given = parsed.data;
  return {
    storage: storageIn(given),
    clientId: given.DATA_STORAGE__clientId,
    pinPepper: local ? LOCAL_PEPPER : (given.PIN_PEPPER ?? ''),
    identity: {
      issuer: given.IDENTITY_ISSUER,
      audience: given.IDENTITY_AUDIENCE,
      jwks: given.IDENTITY_JWKS,
      tenants: listed(given.IDENTITY_TENANTS).filter((id) => id !== ''),
      stepUpContext: given.STEP_UP_CONTEXT,
    },
    sweep: {
      schedule: given.SWEEP_SCHEDULE,
      maxPurges: given.SWEEP_MAX_PURGES,
      budgetSeconds: given.SWEEP_BUDGET_SECONDS,
      spreadAbove: given.SWEEP_SPREAD_ABOVE,
    },
    mail: {
      sender: given.MAIL_SENDER,
      connectionString: given.MAIL_CONNECTION_STRING,
      endpoint: given.MAIL_ENDPOINT,
      perMinute: given.MAIL_PER_MINUTE,
      operators: listed(given.MAIL_OPERATORS).filter((address) => address !== ''),
      resourceGroup: given.WEBSITE_RESOURCE_GROUP ?? null,
    },
    metricsEndpoint: given.METRICS_ENDPOINT || undefined,
    portal: { clientId: given.PORTAL_CLIENT_ID },
    deliveryKey: local ? 'local' : given.DELIVERY_WEBHOOK_KEY,
    local,
  };
}

const unknown = (environment: Environment): readonly string[] =>
  Object.keys(environment)
    .filter((name) => PREFIXES.some((prefix) => name.startsWith(prefix)))
    .filter((name) => !Object.hasOwn(SETTINGS.shape, name) && !PLATFORMS.includes(name))
    .map((name) => `${name}: there is no such setting`);

const SERVICE_URIS = ['DATA_STORAGE__tableServiceUri', 'DATA_STORAGE__queueServiceUri'] as const;

/** A key or an identity: with both nobody knows which of them is used. */
function storageComplaints(environment: Environment): readonly string[] {
  const missing = SERVICE_URIS.filter((name) => environment[name] === undefined);
  if (environment['DATA_STORAGE'] === undefined)
    return missing.length === SERVICE_URIS.length
      ? [`DATA_STORAGE: is needed, or in its place ${SERVICE_URIS.join(' and ')}`]
      : missing.map((name) => `${name}: is needed together with the other one`);
  return missing.length === SERVICE_URIS.length
    ? []
    : ['DATA_STORAGE: has a key, so no service may be named beside it'];
}

const bare = (uri: string): string => uri.replace(/\/+$/, '');

const storageIn = (given: z.infer<typeof SETTINGS>): string | KeylessStorage =>
  given.DATA_STORAGE ?? {
    tables: bare(given.DATA_STORAGE__tableServiceUri ?? ''),
    queues: bare(given.DATA_STORAGE__queueServiceUri ?? ''),
  };

const isLocal = ({ AZURE_FUNCTIONS_ENVIRONMENT: environment, DATA_STORAGE: storage = '' }: Environment): boolean =>
  environment === 'Development' && isOnThisMachine(storage);

/** Each service must be named: one that is not would be looked for in Azure. */
function isOnThisMachine(storage: string): boolean {
  if (storage === 'UseDevelopmentStorage=true') return true;
  return SERVICES.every((service) => {
    const named = [...storage.matchAll(new RegExp(`${service}Endpoint=([^;]+)`, 'gi'))];
    return named.length > 0 && named.every(([, endpoint = '']) => isLoopback(endpoint));
  });
}
