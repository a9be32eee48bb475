/** The events that a host wrote down, in their order: every line of its output that ends in one. */
export interface EventLine {
  readonly event: string;
  readonly requestId: string | null;
  readonly [field: string]: unknown;
}

export const eventsIn = (output: string): readonly EventLine[] =>
  [...output.matchAll(/^.*?(\{"event":.*\})$/gm)].map(([, json = '']) => JSON.parse(json));
