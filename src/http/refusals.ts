import type { Code } from '../core/problems.ts';

/** Codes that come together, by what an operation does. Each route names those that it can answer. */
export const READS_ITEM = ['VaultNotFound', 'ItemNotFound', 'ItemPurged'] as const satisfies readonly Code[];
/** It writes what has an etag. */
export const WRITES = ['PreconditionFailed', 'Busy'] as const satisfies readonly Code[];
export const WRITES_ITEM = [...READS_ITEM, ...WRITES] as const;
/** It asks for a second factor, in the token or as a PIN. */
export const SECOND_FACTOR = [
  'StepUpRequired',
  'SecurityPinRequired',
  'SecurityPinInvalid',
  'TooManyAttempts',
] as const satisfies readonly Code[];
