import { Duration } from 'luxon';
import * as z from 'zod';
import { isConnectionString, isLoopback, isOnThisMachine } from './connectionString.ts';
import { SETTING_LEAVES, type Watch } from './core/leaves.ts';
import { isSchedule } from './schedule.ts';

/** The pepper of local runs, which have nothing to protect. */
const LOCAL_KEY = 'whoever can reach a local run may change its history as well';
const LOCAL_PEPPER = 'a local run has nothing to hide from anybody';

/** Who a local run tells about the service. */
const LOCAL_OPERATOR = 'operators@reprieve.local';

const MAIL_CONNECTION = /^endpoint=https?:\/\/[^;]+;accesskey=[A-Za-z0-9+/]+=*$/i;

const TENANT = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const CLIENT = /^[\w.-]{1,100}$/;
/** The one application of a local run. */
const LOCAL_CLIENT = 'reprieve-local';
const listed = (text: string): readonly string[] => text.split(',').map((one) => one.trim());
const filled = (text: string): readonly string[] => listed(text).filter((one) => one !== '');

/** What each kind of setting needs is said in words that complete its name: "SWEEP_MAX_PURGES must be a whole number …". */
const text = z.string().min(1, 'must not be empty');
const url = z.url('must be a URL');
const httpsUrl = z.url({ protocol: /^https$/, error: 'must be a URL with https' });
/** What never leaves this machine needs no https. */
const isSafe = (url: string): boolean => /^https:/i.test(url) || isLoopback(url);
function count(least: number, most: number) {
  const needs = `must be a whole number from ${least} to ${most}`;
  return z.coerce.number(needs).int(needs).min(least, needs).max(most, needs);
}
function sized(least: number, most: number) {
  const needs = `must have ${least} to ${most} characters`;
  return z.string().min(least, needs).max(most, needs);
}
const millisOf = (duration: string): number => Duration.fromISO(duration).toMillis();
function period(leastDays: number, mostDays: number) {
  const inRange = (text: string): boolean => {
    const days = Duration.fromISO(text).as('days');
    return days >= leastDays && days <= mostDays;
  };
  const least = leastDays === 0 ? 'PT0S' : `P${leastDays}D`;
  return z.string().refine(inRange, `must be an ISO 8601 duration from ${least} to P${mostDays}D`);
}
/** A reference to the key vault that the platform cannot resolve arrives as it is written, and everybody could guess such a secret. */
const secret = (least: number, most: number) =>
  sized(least, most).refine(
    (value) => !value.startsWith('@Microsoft.KeyVault('),
    'must be a secret: its reference to the key vault was not resolved',
  );
const isEvidenceKey = (key: string): boolean => secret(32, 500).safeParse(key).success;
const DEFAULT_SCHEDULE = '0 */5 * * * *';
const FIELDS = 'seconds, minutes, hours, days, months, days of the week (0 to 6)';

/**
 * Every setting, with its description in docs/operations.md (`npm run settings`). With `givenBy` people do not set it in Azure: the
 * platform does, or it is for local runs.
 */
export const SETTINGS = z.object({
  DATA_STORAGE: text.refine(isConnectionString, 'must be a connection string with a key').optional().meta({
    description:
      'the connection string of the account with the tables and queues; in Azure the four settings below replace it',
    givenBy: 'a local run',
  }),
  DATA_STORAGE__tableServiceUri: httpsUrl.optional().describe('the address of the tables'),
  DATA_STORAGE__queueServiceUri: httpsUrl.optional().describe('the address of the queues'),
  DATA_STORAGE__credential: z
    .literal('managedidentity', 'must be "managedidentity"')
    .optional()
    .describe('how the host signs in to the queues'),
  DATA_STORAGE__clientId: text
    .optional()
    .describe('the client id of the identity that the app was given; mails are sent with it too'),
  IDENTITY_ISSUER: url.meta({ description: 'the issuer of the tokens' }),
  IDENTITY_AUDIENCE: text.meta({ description: 'the audience that tokens must have' }),
  IDENTITY_JWKS: url
    .refine(isSafe, 'must be https: otherwise someone could exchange the keys on their way')
    .meta({ description: "the address of the issuer's keys" }),
  IDENTITY_TENANTS: z
    .string()
    .max(2000, 'must have at most 2000 characters')
    .refine(
      (ids) => ids.trim() === '' || listed(ids).every((id) => TENANT.test(id)),
      'must be ids, separated by commas',
    )
    .default('')
    .meta({
      description:
        'the tenants whose tokens are accepted: ids, separated by commas; if there are none, the issuer decides',
    }),
  IDENTITY_CLIENTS: z
    .string()
    .max(2000, 'must have at most 2000 characters')
    .refine((ids) => listed(ids).every((id) => CLIENT.test(id)), 'must be ids of applications, separated by commas')
    .optional()
    .meta({
      description:
        'the applications by which people get their tokens (`azp`): ids, separated by commas; needed outside of a local run',
    }),
  IDENTITY_SCOPE: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'must be the name of a scope')
    .default('access')
    .meta({ description: "the scope that a person's token must have" }),
  STEP_UP_CONTEXT: text.default('c1').meta({ description: 'the authentication context that proves a second factor' }),
  PIN_PEPPER: secret(32, 500)
    .optional()
    .describe(
      'a secret that protects stored security PINs; it must not lie in the storage account; needed outside of a local run',
    ),
  EVIDENCE_KEY: z
    .string()
    .refine((keys) => listed(keys).every(isEvidenceKey), 'must be keys of 32 to 500 characters, separated by commas')
    .optional()
    .describe(
      'the key that seals the entries of histories; it must not lie in the storage account; several, separated by commas: the first seals, all are accepted; needed outside of a local run',
    ),
  SWEEP_SCHEDULE: z
    .string()
    .refine(isSchedule, `must be six fields that Azure Functions can read: ${FIELDS}`)
    .default(DEFAULT_SCHEDULE)
    .describe('the schedule of the sweep: six fields, seconds first, UTC'),
  SWEEP_MAX_PURGES: count(1, 1_000_000).default(1000).meta({
    description: 'the belt: when more items than this are due at once, none is purged until someone releases them',
  }),
  SWEEP_MAX_PURGES_PER_DAY: count(1, 10_000_000).optional().meta({
    description: 'the same for the purges of 24 hours; by default ten times as many',
  }),
  SWEEP_MAX_PERCENT: count(1, 100).default(30).meta({
    description:
      'when more than this percentage of the items of one vault is due, and that is a hundred or more, none of that vault is purged until someone releases them; 100 is off',
  }),
  PURGE_NOTICE: period(0, 30).default('PT24H').meta({
    description:
      'how long people have after the last reminder before an item is purged; PT0S: nobody needs to be reminded, only told of the deletion',
  }),
  PURGE_UNTOLD_MAX: period(1, 180).default('P30D').meta({
    description:
      'how long after its period an item waits for people who cannot be told; then it is purged all the same',
  }),
  SWEEP_BUDGET_SECONDS: count(5, 1800)
    .default(240)
    .describe('for how many seconds a sweep of the timer may begin new work; below `functionTimeout` of host.json'),
  SWEEP_HTTP_BUDGET_SECONDS: count(1, 200)
    .default(120)
    .describe('the same for `POST /api/sweeps`: the front end of Azure waits 230 seconds for an answer'),
  SWEEP_SPREAD_ABOVE: count(1, 1_000_000)
    .default(5000)
    .describe('when more hints than this are due, the timer spreads the work over the queue'),
  SWEEP_IN_FLIGHT: count(1, 64)
    .default(32)
    .describe('how many requests of sweeps may be on their way to storage at a time, in each instance'),
  MAIL_CONNECTION_STRING: z.string().regex(MAIL_CONNECTION, 'must be `endpoint=…;accesskey=…`').optional().meta({
    description: 'the connection string of Communication Services; in Azure MAIL_ENDPOINT replaces it',
    givenBy: 'a local run',
  }),
  MAIL_ENDPOINT: url
    .optional()
    .describe('the address of Communication Services; the app signs in with its own identity'),
  MAIL_SENDER: z
    .string()
    .min(3, 'must be an address')
    .default('DoNotReply@reprieve.local')
    .describe('the sender of the mails'),
  MAIL_PER_MINUTE: count(1, 100_000).optional().meta({
    description: 'the most mails a minute, for all instances together; a managed domain allows 5',
  }),
  MAIL_PER_RECIPIENT_PER_HOUR: count(1, 1000).default(20).meta({
    description: 'the most single mails to one address within an hour; what is more is told to it in bundles',
  }),
  MAIL_OPERATORS: z.string().optional().meta({
    description:
      'the people mailed about the service as a whole, about weakened controls, and about vaults that name nobody: addresses, separated by commas; needed outside of a local run',
  }),
  DELIVERY_WEBHOOK_KEY: secret(16, 200)
    .optional()
    .describe('the key that delivery reports must bring; without it no report is accepted'),
  PORTAL_CLIENT_ID: sized(1, 100)
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
  WEBSITE_HOSTNAME: z
    .string()
    .regex(/^[\w.-]{1,253}(:\d{1,5})?$/, 'must be the name of a host')
    .optional()
    .meta({ description: 'the host of the app: mails name the portal there', givenBy: 'the platform' }),
  AZURE_FUNCTIONS_ENVIRONMENT: z
    .string()
    .optional()
    .meta({ description: '`Development` in a local run', givenBy: 'the platform' }),
});

/** Names with these prefixes are meant for us. If we do not know such a name, it is a typing error. */
const PREFIXES = /^(DATA_STORAGE|IDENTITY_|STEP_UP_|PIN_|EVIDENCE_|SWEEP_|PURGE_|MAIL_|DELIVERY_|PORTAL_|METRICS_)/;
/** The platform sets these, so that the app can get tokens of its identity. */
const PLATFORMS: readonly string[] = ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'IDENTITY_SERVER_THUMBPRINT'];

/** Storage without a key: the addresses of its services. */
export interface KeylessStorage {
  readonly tables: string;
  readonly queues: string;
}

export type Config = ReturnType<typeof configOf>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that is wrong: its name and what it needs. What is in it is told to nobody. */
export interface Wrong {
  readonly name: string;
  readonly needs: string;
}

/** Reads the settings from the environment, or answers everything that is wrong with them. */
export function readConfig(environment: Environment): Config | { readonly wrong: readonly Wrong[] } {
  const parsed = SETTINGS.safeParse(environment);
  const wrong = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => complaint(environment, String(path[0]), message)),
    ...storageComplaints(environment),
    ...complaintsOfService(environment),
  ];
  if (!parsed.success || wrong.length > 0) return { wrong: [...new Map(wrong.map((one) => [one.name, one])).values()] };
  return configOf(parsed.data, environment);
}

const complaint = (environment: Environment, name: string, needs: string): Wrong => {
  const description = z.globalRegistry.get(SETTINGS.shape[name as keyof typeof SETTINGS.shape])?.description;
  return { name, needs: `${environment[name] === undefined ? 'is needed' : needs} (${description})` };
};

function configOf(given: z.infer<typeof SETTINGS>, environment: Environment) {
  const local = isLocal(environment);
  return {
    storage: storageIn(given),
    /** Of the identity that the app was given; undefined when it uses its own. */
    clientId: given.DATA_STORAGE__clientId,
    pinPepper: local ? LOCAL_PEPPER : (given.PIN_PEPPER ?? ''),
    evidenceKeys: local && given.EVIDENCE_KEY === undefined ? [LOCAL_KEY] : listed(given.EVIDENCE_KEY ?? ''),
    identity: {
      issuer: given.IDENTITY_ISSUER,
      audience: given.IDENTITY_AUDIENCE,
      jwks: given.IDENTITY_JWKS,
      /** If there are none, the issuer decides. */
      tenants: filled(given.IDENTITY_TENANTS),
      clients: filled(given.IDENTITY_CLIENTS ?? (local ? LOCAL_CLIENT : '')),
      scope: given.IDENTITY_SCOPE,
      stepUpContext: given.STEP_UP_CONTEXT,
    },
    sweep: {
      schedule: given.SWEEP_SCHEDULE,
      maxPurges: given.SWEEP_MAX_PURGES,
      maxPerDay: given.SWEEP_MAX_PURGES_PER_DAY ?? 10 * given.SWEEP_MAX_PURGES,
      maxPercent: given.SWEEP_MAX_PERCENT,
      budgetSeconds: given.SWEEP_BUDGET_SECONDS,
      httpBudgetSeconds: given.SWEEP_HTTP_BUDGET_SECONDS,
      spreadAbove: given.SWEEP_SPREAD_ABOVE,
      inFlight: given.SWEEP_IN_FLIGHT,
    },
    purgeTerms: { noticeMs: millisOf(given.PURGE_NOTICE), untoldMaxMs: millisOf(given.PURGE_UNTOLD_MAX) },
    mail: {
      sender: given.MAIL_SENDER,
      connectionString: given.MAIL_CONNECTION_STRING,
      endpoint: given.MAIL_ENDPOINT,
      perMinute: given.MAIL_PER_MINUTE,
      perRecipient: given.MAIL_PER_RECIPIENT_PER_HOUR,
      resourceGroup: given.WEBSITE_RESOURCE_GROUP ?? null,
      portal: given.WEBSITE_HOSTNAME ? `${local ? 'http' : 'https'}://${given.WEBSITE_HOSTNAME}/portal` : null,
    },
    operators: operatorsIn(given, local),
    watched: watchedIn(given, local),
    /** undefined when metrics are not sent. */
    metricsEndpoint: given.METRICS_ENDPOINT || undefined,
    portal: { clientId: given.PORTAL_CLIENT_ID },
    deliveryKey: local ? 'local' : given.DELIVERY_WEBHOOK_KEY,
    /** The storage account is a development one on this machine. Only then may callers come without a token. */
    local,
    unknown: unknownIn(environment),
  };
}

/** The schedule of the timer, which comes even when the settings are wrong, so that it fails where people look. */
export const scheduleIn = (environment: Environment): string =>
  SETTINGS.shape.SWEEP_SCHEDULE.catch(DEFAULT_SCHEDULE).parse(environment['SWEEP_SCHEDULE']);

/** Names that begin like ours and that nobody reads. */
const unknownIn = (environment: Environment): readonly string[] =>
  Object.keys(environment).filter(
    (name) => PREFIXES.test(name) && !Object.hasOwn(SETTINGS.shape, name) && !PLATFORMS.includes(name),
  );

const NEEDED_OUTSIDE = ['PIN_PEPPER', 'EVIDENCE_KEY', 'IDENTITY_CLIENTS'] as const;

/** What a local run can do without, because it has a default there. */
const complaintsOfService = (environment: Environment): readonly Wrong[] =>
  isLocal(environment)
    ? []
    : [
        ...NEEDED_OUTSIDE.filter((name) => environment[name] === undefined).map((name) => ({ name, needs: ELSEWHERE })),
        ...(filled(environment['MAIL_OPERATORS'] ?? '').length === 0
          ? [{ name: 'MAIL_OPERATORS', needs: `${ELSEWHERE}: an address, or several separated by commas` }]
          : []),
      ];
const ELSEWHERE = 'is needed outside of a local run';

type Given = z.infer<typeof SETTINGS>;

function operatorsIn({ MAIL_OPERATORS: given = '' }: Given, local: boolean): readonly string[] {
  const operators = filled(given);
  return operators.length === 0 && local ? [LOCAL_OPERATOR] : operators;
}

/** Whether a start with another value is announced to the operators. A setting without a word there does not compile. */
const WORDS: Readonly<Record<keyof Given, Watch>> = SETTING_LEAVES;

/** The brakes and identities of the service by the names of their settings, as they count. No secret is among them. */
const watchedIn = (given: Given, local: boolean): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    (Object.keys(WORDS) as readonly (keyof Given)[])
      .filter((name) => WORDS[name] === 'serviceSettings')
      .map((name) => [name, String(given[name] ?? 'no limit')]),
  ),
  MAIL_OPERATORS: operatorsIn(given, local).join(','),
});

const SERVICE_URIS = ['DATA_STORAGE__tableServiceUri', 'DATA_STORAGE__queueServiceUri'] as const;

/** A key or an identity, but not both: nobody would know which one is used. */
function storageComplaints(environment: Environment): readonly Wrong[] {
  const missing = SERVICE_URIS.filter((name) => environment[name] === undefined);
  const none = missing.length === SERVICE_URIS.length;
  if (environment['DATA_STORAGE'] !== undefined)
    return none ? [] : [{ name: 'DATA_STORAGE', needs: 'has a key, so no service may be named beside it' }];
  return none
    ? [{ name: 'DATA_STORAGE', needs: `is needed, or in its place ${SERVICE_URIS.join(' and ')}` }]
    : missing.map((name) => ({ name, needs: 'is needed together with the other one' }));
}

const bare = (uri: string): string => uri.replace(/\/+$/, '');

const storageIn = (given: z.infer<typeof SETTINGS>): string | KeylessStorage =>
  given.DATA_STORAGE ?? {
    tables: bare(given.DATA_STORAGE__tableServiceUri ?? ''),
    queues: bare(given.DATA_STORAGE__queueServiceUri ?? ''),
  };

const isLocal = ({ AZURE_FUNCTIONS_ENVIRONMENT: environment, DATA_STORAGE: storage = '' }: Environment): boolean =>
  environment === 'Development' && isOnThisMachine(storage);
