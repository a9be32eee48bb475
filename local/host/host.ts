import { neighboursIn } from '../neighbours.ts';
import { core, provideCore } from './app/core.ts';
import { banner, hostedFunctions } from './app/functions.ts';
import { appLog, invoker } from './app/invoke.ts';
import { loadApp } from './app/load.ts';
import { readHostJson } from './hostJson.ts';
import { routerOf, serve } from './http/server.ts';
import { pauses as makePauses, startListeners } from './listeners.ts';
import { type Print, stamp } from './output.ts';
import { queueOutputs } from './queues/outputs.ts';
import { applyLocalSettings, type Environment, hasHomepage, hostIdOf } from './settings.ts';
import { endOrderly } from './shutdown.ts';
import { work as makeWork } from './work.ts';

export interface Host {
  readonly origin: string;
  end(): Promise<void>;
}

interface Wish {
  readonly root: string;
  /** 0 asks for a free port. */
  readonly port: number;
}

/** Starts one function app. Once in a process: the library binds itself to the first core it finds, for good. */
export async function startHost({ root, port }: Wish, env: Environment, print: Print): Promise<Host> {
  applyLocalSettings(root, env);
  const { routePrefix, queues } = readHostJson(root, env);
  const hostId = hostIdOf(root, env);
  // A free port is known only when the app runs.
  if (port !== 0) env['WEBSITE_HOSTNAME'] ??= `localhost:${port}`;
  const registered = core(appLog(print));
  provideCore(registered.api);
  const app = await loadApp(root, registered, print);
  const functions = hostedFunctions(app.functions, routePrefix, env);

  const work = makeWork();
  const pauses = makePauses();
  const invoke = invoker({
    model: app.model,
    print,
    deliver: queueOutputs({ env, encoding: queues.messageEncoding, wake: pauses.wake }),
  });

  let address = '';
  const origin = () => address;
  const admin = { hostId, functions, invoke, work, origin };
  const server = await serve(
    {
      route: routerOf(functions),
      invoke,
      homepage: hasHomepage(env),
      admin,
      work,
      print,
      neighbours: neighboursIn(env),
    },
    port,
  );
  address = `http://127.0.0.1:${server.port}`;

  const listeners = startListeners({ functions, env, hostId, queues, invoke, work, print, pauses });
  for (const line of banner(functions, server.port)) print(line);

  return {
    origin: address,
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
          await registered.run('appTerminate', root);
        },
      }),
  };
}
