import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from './answer.ts';
import type { Faults } from './faults.ts';
import type { Inbox } from './inbox.ts';
import type { Limits } from './limits.ts';
import type { Operations } from './operations.ts';

/** One request, read to its end. */
export interface Ask {
  readonly method: string;
  /** Path and query exactly as they came: that is what is signed. */
  readonly target: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Where this server is reached. */
  readonly origin: string;
}

/** All that the stand-in remembers. */
export interface Office {
  readonly key: string;
  /** Milliseconds since 1970, real: whoever signs a request does it by the real clock. */
  readonly now: () => number;
  readonly inbox: Inbox;
  readonly operations: Operations;
  readonly faults: Faults;
  readonly limits: Limits;
}

/** `piece`: what the pattern of the path found. */
export type Route = (ask: Ask, office: Office, piece: string) => Answer;

/** Undefined, which every schema refuses, when it is no JSON. */
export function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
