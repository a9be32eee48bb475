import { type Print, stamp } from '../print.ts';
import type { Hooks } from './hooks.ts';
import type { Category, Level, Log } from './protocol.ts';

const SHOWN: Record<Level, boolean> = {
  trace: false,
  debug: false,
  information: true,
  warning: true,
  error: true,
  critical: true,
  none: false,
};

/** App and library logs: through the app's log hooks, then to the console, information and above as `func` shows. */
export function appLog(hooks: Hooks, print: Print): (invocation?: InvocationOf) => Log {
  let inHook = false; // a hook that logs would otherwise call itself for ever
  const emit = (line: { level: Level; message: string }): void => {
    if (SHOWN[line.level]) print(stamp(line.message));
  };
  return (invocation) => (level, category, message) => {
    const line = lineFor(level, category, message, hooks, invocation);
    if (inHook) return emit(line);
    inHook = true;
    try {
      hooks.runNow('log', line);
    } finally {
      inHook = false;
    }
    emit(line);
  };
}

interface InvocationOf {
  readonly hookData: Record<string, unknown>;
  readonly invocationContext: unknown;
}

const lineFor = (level: Level, category: Category, message: string, hooks: Hooks, of: InvocationOf | undefined) => ({
  level,
  message,
  category,
  hookData: of?.hookData ?? {},
  appHookData: hooks.appHookData,
  invocationContext: of?.invocationContext,
});
