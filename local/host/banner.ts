import type { HostedFunction } from './app/functions.ts';

/** The list `func start` prints; functions in error and disabled ones say so. */
export function banner(functions: readonly HostedFunction[], port: number, routePrefix: string): string[] {
  const lines = functions.map((each) => `\t${each.name}: ${describe(each, port, routePrefix)}`);
  return ['', 'Functions:', '', ...lines, ''];
}

function describe({ trigger, triggerType, disabled }: HostedFunction, port: number, routePrefix: string): string {
  const suffix = disabled ? ' [disabled]' : '';
  if (trigger.kind === 'error') return `${triggerType} [in error: ${trigger.sentence}]`;
  if (trigger.kind !== 'http') return `${triggerType}${suffix}`;
  const path = [routePrefix, trigger.template.text].filter((part) => part !== '').join('/');
  return `[${trigger.methods.join(',')}] http://localhost:${port}/${path}${suffix}`;
}
