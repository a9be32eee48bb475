import { json, problem } from './answer.ts';
import type { Route } from './ask.ts';

/** GET /emails/operations/{id}: all is settled by the time somebody can ask. */
export const operationStatus: Route = (_, { operations }, id) => {
  const status = operations.outcome(id.toLowerCase());
  if (status === undefined) return problem(404, 'OperationNotFound', 'There is no such operation.');
  const error = { code: 'EmailDropped', message: 'The e-mail was accepted and could not be sent.' };
  return json(200, { id, status, ...(status === 'Failed' ? { error } : {}) });
};
