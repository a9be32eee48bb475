import { routeWarnings, withoutConflicts } from './app/conflicts.ts';
import { coreApi, withDriftAlarm } from './app/core.ts';
import { hostedFunction } from './app/functions.ts';
import { hooks as makeHooks } from './app/hooks.ts';
import { invoker } from './app/invoke.ts';
import { appContext, loadApp } from './app/load.ts';
import { appLog } from './app/log.ts';
import { registry as makeRegistry } from './app/registry.ts';
import { provideCore } from './app/wrap.ts';
import type { Args } from './args.ts';
import { banner } from './banner.ts';
import { hostIdOf } from './hostId.ts';
import { readHostJson } from './hostJson.ts';
import { httpFunctions } from './http/functions.ts';
import { router } from './http/routes.ts';
import { serve } from './http/server.ts';
import { pauses as makePauses, startListeners } from './listeners.ts';
import { manualTrigger } from './manual.ts';
import { type Print, stamp } from './print.ts';
import { queueOutputs } from './queues/outputs.ts';
import { applyLocalSettings, type Environment } from './settings.ts';
import { endOrderly } from './shutdown.ts';
import { work as makeWork } from './work.ts';

export interface Host {
  readonly origin: string;
  end(): Promise<void>;
}

const DEFAULT_PORT = 7071;

/** Starts one function app. Once in a process: the library binds itself to the first core it finds, for good. */
export async function startHost({ root, port }: Args, env: Environment, print: Print): Promise<Host> {
  const local = applyLocalSettings(root, env);
  const config = readHostJson(root, env);
  const hostId = hostIdOf(root, env);
  const hooks = makeHooks();
  const registry = makeRegistry();
  const log = appLog(hooks, print);
  provideCore(withDriftAlarm(coreApi({ registry, hooks, log: log() })));
  const app = await loadApp(root, registry, hooks);
  const functions = withoutConflicts(app.functions.map((each) => hostedFunction(each, env)));

  const work = makeWork();
  const pauses = makePauses();
  const deliver = queueOutputs({ env, base64: config.queues.base64, wake: pauses.wake });
  const invoke = invoker({ model: app.model, hooks, log, print, deliver });

  let origin = '';
  const routes = httpFunctions(functions, { routePrefix: config.routePrefix, invoke, origin: () => origin, print });
  const trigger = manualTrigger(invoke, work, () => origin);
  const admin = { hostId, functions, trigger, origin: () => origin };
  const server = await serve({ route: router(routes), admin, work, print }, port ?? local.port ?? DEFAULT_PORT);
  origin = `http://127.0.0.1:${server.port}`;

  const listeners = startListeners({ functions, env, hostId, queues: config.queues, invoke, work, print, pauses });
  for (const line of banner(functions, server.port, config.routePrefix)) print(line);
  for (const warning of routeWarnings(functions)) print(stamp(warning));

  return {
    origin,
    end: () =>
      endOrderly({
        work,
        print,
        stop() {
          print(stamp('Shutting down: finishing what is in work.'));
          server.stop();
          listeners.stop();
        },
        abandon: listeners.abandon,
        close: async () => {
          await listeners.release();
          await hooks.run('appTerminate', appContext(hooks, root));
        },
      }),
  };
}
