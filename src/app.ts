import { randomUUID } from 'node:crypto';
import type { InvocationContext } from '@azure/functions';
import { ManagedIdentityCredential } from '@azure/identity';
import { movableClock, realClock } from './clock.ts';
import type { Config } from './config.ts';
import { faultOf } from './core/problems.ts';
import type { WatchedSettings } from './core/serviceSettings.ts';
import { type Instant, instantOf } from './core/time.ts';
import { buryNotice, takeNotice } from './flows/notify/queue.ts';
import { compareSettings } from './flows/service/compareSettings.ts';
import { type FlowPorts, flowPorts } from './flows/story/land.ts';
import { brokenShare, takeShare } from './flows/sweep/share.ts';
import { turn } from './flows/sweep/turn.ts';
import type { Unit } from './flows/sweep/units.ts';
import { verifyTokens } from './http/identity.ts';
import { pipeline } from './http/pipeline.ts';
import { portal } from './http/portal.ts';
import { routesOf } from './http/routes.ts';
import { byChannel } from './mail/channels.ts';
import { communicationMailer, mailReach, reachOf } from './mail/communication.ts';
import { patientMailer } from './mail/patient.ts';
import type { Mailer, Unread } from './ports/alerts.ts';
import type { Ports } from './ports.ts';
import { scheduleOf } from './schedule.ts';
import { keyedSeals, pepperedPins, pepperedSeal } from './secrets.ts';
import { type Account, connect, queueCounts, queueNotices } from './store/azure.ts';
import { inFlight } from './store/inFlight.ts';
import { fromText } from './store/messages.ts';
import { tableStores } from './store/stores.ts';
import { contextOf, hopOf, inRequest, metricsExport, requestContext, telemetry } from './telemetry/telemetry.ts';
import { watched } from './telemetry/watched.ts';

/** Picks the real things: which tables, which clock, which identity provider; and the routes over them. */
export function makeApp(config: Config, realNow: () => Instant = realClock.now) {
  const movable = config.local ? movableClock() : undefined;
  const account = accountOf(config);
  const sweeps = inFlight(config.sweep.inFlight);
  const tables = connect(account, sweeps.policy);
  const seals = keyedSeals(config.evidenceKeys);
  const telling = telemetry();
  const unfolded = (vault: string, error: unknown) =>
    telling.event('tally.unfolded', { vault, error: faultOf(error).why });
  const plain: Ports = {
    ...tableStores(tables, seals.seal, unfolded),
    seals,
    pins: pepperedPins(config.pinPepper),
    seal: pepperedSeal(config.pinPepper),
    notices: queueNotices(account),
    mailer: byChannel({ mail: mailerOf(config) }),
    storage: tables.storage,
    reach: {
      queue: queueCounts(account),
      mail: mailReach(config.mail),
      identity: config.local ? reachOf(config.identity.jwks) : undefined,
    },
    clock: movable ?? realClock,
    newId: randomUUID,
    realNow,
    nextSweep: nextRunOf(config.sweep.schedule),
    purgeTerms: config.purgeTerms,
    operators: config.operators,
  };
  const ports = flowPorts(watched(plain, telling));
  const identify = verifyTokens(config, () => new Date());
  const handle = pipeline({ ports, identify, stepUpContext: config.identity.stepUpContext, telemetry: telling });
  const setAside = async (unread: Unread | undefined) => {
    if (unread) await takeNotice(ports, config.mail, { vault: null, unread });
  };
  const limits = { ...config.sweep, within: sweeps.within };
  const announce = announcer(ports, config.watched, (error) => telling.event('settings.uncompared', { error }));
  return {
    // At its start nothing has asked: what comes of it has an id of its own.
    announce: () => inRequest({ requestId: randomUUID() }, announce),
    routes: routesOf(movable, byHttp(limits), config.deliveryKey, config.unknown),
    handle,
    portal: portal(config),
    metrics: metricsExport(config.metricsEndpoint),
    sweepTurn: inContext(async () => {
      await announce();
      return underRequest((await turn(ports, limits)).units);
    }),
    sweepShare: byQueue(async (message) => {
      // The next turn of the timer sends it anew; the tries of the platform would end in the poison queue.
      const taken = await takeShare(ports, limits, message).catch((error: unknown) =>
        telling.event('share.failed', { error: faultOf(error).why }),
      );
      await setAside(taken?.unread);
      return underRequest(taken?.rest ? [taken.rest] : []);
    }),
    sweepShardPoison: byQueue((message) => setAside(brokenShare(message))),
    notify: byQueue(async (message) => {
      telling.event('notice.taken', hopOf(message));
      const untold = await takeNotice(ports, config.mail, message);
      if (untold) telling.event('notice.failed', { ...hopOf(message), error: untold.why });
    }),
    notifyPoison: byQueue(async (message) => {
      await buryNotice(ports, config.mail, message);
      telling.event('notice.buried', hopOf(message));
    }),
  };
}

/** Compares the settings once in the life of a process. What fails is said, keeps nothing from going on, and is tried again. */
function announcer(ports: FlowPorts, settings: WatchedSettings, failed: (error: string) => void): () => Promise<void> {
  let compared: Promise<void> | undefined;
  return async () => {
    compared ??= compareSettings(ports, settings);
    await compared.catch((error: unknown) => {
      compared = undefined;
      failed(faultOf(error).why);
    });
  };
}

/** What comes by timer or queue: under the id of the request that it began with, or else of this invocation. */
const inContext =
  <R>(work: (message: unknown) => Promise<R>) =>
  (message: unknown, context: InvocationContext): Promise<R> =>
    inRequest(contextOf(message, context), () => work(message));

const byQueue = <R>(work: (message: unknown) => Promise<R>) => {
  const take = inContext(work);
  return (given: unknown, context: InvocationContext): Promise<R> => take(fromText(given), context);
};

const underRequest = (units: readonly Unit[]) =>
  units.map((unit) => ({ ...unit, requestId: requestContext()?.requestId }));

const identityOf = ({ clientId }: Config) =>
  clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });

function mailerOf(config: Config): Mailer {
  const mailer = communicationMailer(config.mail, () => identityOf(config));
  return config.local ? patientMailer(mailer, (line) => (requestContext()?.log ?? console).warn(line)) : mailer;
}

const accountOf = (config: Config): Account =>
  typeof config.storage === 'string' ? config.storage : { ...config.storage, credential: identityOf(config) };

/** Whoever asks over HTTP waits for the answer, and what is in front of us waits only so long. */
const byHttp = <L extends Config['sweep']>(limits: L) => ({ ...limits, budgetSeconds: limits.httpBudgetSeconds });

function nextRunOf(schedule: string): (after: Instant) => Instant {
  const next = scheduleOf(schedule);
  return (after) => (next ? instantOf(next(after.toJSDate()).getTime()) : after);
}
