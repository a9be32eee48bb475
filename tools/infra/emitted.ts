import { eventsIn } from './queries.ts';
import type { Rule } from './world.ts';

/** What a query asks for, and what the lists promise, is told somewhere in src: an alert on anything else could never fire. */
export const emitted: Rule = ({ texts, code }) => {
  const asked = [...texts].flatMap(([path, text]) => (path.endsWith('.kql') ? eventsIn(text) : []));
  const promised = [...asked, ...Object.keys(code.events), ...code.metrics];
  return [...new Set(promised)].filter((name) => !code.told.has(name)).map((name) => `nothing in src tells of ${name}`);
};
