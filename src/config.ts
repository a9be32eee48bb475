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

/** The pepper of local runs, which have nothing to protect. */
const LOCAL_PEPPER = 'a local run has nothing to hide from anybody';

const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];
const isLoopback = (endpoint: string): boolean =>
  URL.canParse(endpoint) && LOOPBACK.includes(new URL(endpoint).hostname);
/** What never leaves this machine needs no https. */
const isSafe = (url: string): boolean => /^https:/i.test(url) || isLoopback(url);
const SERVICES = ['Table', 'Queue', 'Blob'] as const;

const TENANT = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const listed = (text: string): readonly string[] => text.split(',').map((one) => one.trim());
const filled = (text: string): readonly string[] => listed(text).filter((one) => one !== '');

const text = z.string().min(1);
const httpsUrl = z.url({ protocol: /^https$/ });
/** A reference to the vault that the platform cannot resolve arrives as it is written, and everybody could guess such a secret. */
const secret = (least: number, most: number) =>
  z
    .string()
    .min(least)
    .max(most)
    .refine((value) => !value.startsWith('@Microsoft.KeyVault('), 'is a reference to the vault that was not resolved');
const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

/**
 * Every setting, with its description in docs/operations.md (`npm run settings`). With `givenBy` people do not set it in Azure: the
 * platform does, or it is for local runs.
 */
export const SETTINGS = z.object({
  DATA_STORAGE: text.optional().meta({
    description:
      'the connection string of the account with the tables and queues; in Azure the four settings below replace it',
    givenBy: 'a local run',
  }),
  DATA_STORAGE__tableServiceUri: httpsUrl.optional().describe('the address of the tables'),
  DATA_STORAGE__queueServiceUri: httpsUrl.optional().describe('the address of the queues'),
  DATA_STORAGE__credential: z.literal('managedidentity').optional().describe('how the host signs in to the queues'),
  DATA_STORAGE__clientId: text
    .optional()
    .describe('the client id of the identity that the app was given; mails are sent with it too'),
  IDENTITY_ISSUER: z.url().describe('the issuer of the tokens'),
  IDENTITY_AUDIENCE: text.describe('the audience that tokens must have'),
  IDENTITY_JWKS: z
    .url()
    .refine(isSafe, 'must be https: otherwise someone could exchange the keys on their way')
    .describe("the address of the issuer's keys"),
  IDENTITY_TENANTS: z
    .string()
    .max(2000)
    .refine(
      (ids) => ids.trim() === '' || listed(ids).every((id) => TENANT.test(id)),
      'must be ids, separated by commas',
    )
    .default('')
    .describe('the tenants whose tokens are accepted: ids, separated by commas; if there are none, the issuer decides'),
  STEP_UP_CONTEXT: text.default('c1').describe('the authentication context that proves a second factor'),
  PIN_PEPPER: secret(32, 500)
    .optional()
    .describe(
      'a secret that protects stored security PINs; it must not lie in the storage account; needed outside of a local run',
    ),
  SWEEP_SCHEDULE: z
    .string()
    .refine(isSchedule, 'is not a six-field schedule')
    .default('0 */5 * * * *')
    .describe('the schedule of the sweep: six fields, seconds first, UTC'),
  SWEEP_MAX_PURGES: count(1, 1_000_000)
    .default(1000)
    .describe('the belt: when more items than this are due at once, none is purged until someone releases them'),
  SWEEP_BUDGET_SECONDS: count(5, 1800).default(240).describe('for how many seconds one sweep may begin new work'),
  SWEEP_SPREAD_ABOVE: count(1, 1_000_000)
    .default(5000)
    .describe('when more hints than this are due, the timer spreads the work over the queue'),
  MAIL_CONNECTION_STRING: text.optional().meta({
    description: 'the connection string of Communication Services; in Azure MAIL_ENDPOINT replaces it',
    givenBy: 'a local run',
  }),
  MAIL_ENDPOINT: z
    .url()
    .optional()
    .describe('the address of Communication Services; the app signs in with its own identity'),
  MAIL_SENDER: z.string().min(3).default('DoNotReply@reprieve.local').describe('the sender of the mails'),
  MAIL_PER_MINUTE: count(1, 100_000)
    .optional()
    .describe('the most mails a minute, for all instances together; a managed domain allows 5'),
  MAIL_OPERATORS: z
    .string()
    .default('')
    .describe('the people mailed about alerts that concern the service as a whole: addresses, separated by commas'),
  DELIVERY_WEBHOOK_KEY: secret(16, 200)
    .optional()
    .describe('the key that delivery reports must bring; without it no report is accepted'),
  PORTAL_CLIENT_ID: text
    .max(100)
    .optional()
    .describe(
      'the app registration that people use to sign in to the portal; without it the portal says that sign-in is not set up',
    ),
  METRICS_ENDPOINT: z
    .string()
    .refine((url) => url === '' || (URL.canParse(url) && isSafe(url)), 'must be a URL with https')
    .default('')
    .describe('the collector that gets metrics once a minute, as OTLP over HTTP: `https://…/v1/metrics`'),
  WEBSITE_RESOURCE_GROUP: z
    .string()
    .optional()
    .meta({ description: 'the resource group, for mails', givenBy: 'the platform' }),
  AZURE_FUNCTIONS_ENVIRONMENT: z
    .string()
    .optional()
    .meta({ description: '`Development` in a local run', givenBy: 'the platform' }),
});

/** Names with these prefixes are meant for us. If we do not know such a name, it is a typing error. */
const PREFIXES = /^(DATA_STORAGE|IDENTITY_|STEP_UP_|PIN_|SWEEP_|MAIL_|DELIVERY_|PORTAL_|METRICS_)/;
/** The platform sets these, so that the app can get tokens of its identity. */
const PLATFORMS: readonly string[] = ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'IDENTITY_SERVER_THUMBPRINT'];

/** Storage without a key: the addresses of its services. */
export interface KeylessStorage {
  readonly tables: string;
  readonly queues: string;
}

export type Config = ReturnType<typeof readConfig>;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the settings from the environment. The error lists everything that is wrong. */
export function readConfig(environment: Environment) {
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
    /** Of the identity that the app was given; undefined when it uses its own. */
    clientId: given.DATA_STORAGE__clientId,
    pinPepper: local ? LOCAL_PEPPER : (given.PIN_PEPPER ?? ''),
    identity: {
      issuer: given.IDENTITY_ISSUER,
      audience: given.IDENTITY_AUDIENCE,
      jwks: given.IDENTITY_JWKS,
      /** If there are none, the issuer decides. */
      tenants: filled(given.IDENTITY_TENANTS),
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
      operators: filled(given.MAIL_OPERATORS),
      resourceGroup: given.WEBSITE_RESOURCE_GROUP ?? null,
    },
    /** undefined when metrics are not sent. */
    metricsEndpoint: given.METRICS_ENDPOINT || undefined,
    portal: { clientId: given.PORTAL_CLIENT_ID },
    deliveryKey: local ? 'local' : given.DELIVERY_WEBHOOK_KEY,
    /** The storage account is a development one on this machine. Only then may callers come without a token. */
    local,
  };
}

const unknown = (environment: Environment): readonly string[] =>
  Object.keys(environment)
    .filter((name) => PREFIXES.test(name) && !Object.hasOwn(SETTINGS.shape, name) && !PLATFORMS.includes(name))
    .map((name) => `${name}: there is no such setting`);

const SERVICE_URIS = ['DATA_STORAGE__tableServiceUri', 'DATA_STORAGE__queueServiceUri'] as const;

/** A key or an identity, but not both: nobody would know which one is used. */
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

/** Each service must have an endpoint, because the SDK would look for a missing one in Azure. */
function isOnThisMachine(storage: string): boolean {
  if (storage === 'UseDevelopmentStorage=true') return true;
  return SERVICES.every((service) => {
    const named = [...storage.matchAll(new RegExp(`${service}Endpoint=([^;]+)`, 'gi'))];
    return named.length > 0 && named.every(([, endpoint = '']) => isLoopback(endpoint));
  });
}
