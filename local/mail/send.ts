import { randomUUID } from 'node:crypto';
import { type Answer, complaint, json, problem, tooMany } from './answer.ts';
import { type Ask, type Office, parsed, type Route } from './ask.ts';
import { type Fault, refusalBy } from './faults.ts';
import { Message, OperationId } from './message.ts';

/** POST /emails:send. The same Operation-Id again is answered again, and delivers nothing. */
export const send: Route = (ask, office) => {
  const wished = OperationId.optional().safeParse(ask.headers['operation-id']);
  if (!wished.success) return problem(400, 'InvalidOperationId', 'Operation-Id must be a UUID.');
  const message = Message.safeParse(parsed(ask.body));
  if (!message.success) return problem(400, 'InvalidRequest', complaint(message.error));
  const room = office.limits.take();
  if (room !== 'counted') return tooMany(room.waitSeconds);
  const fault = office.faults.take();
  const refusal = refusalBy(fault);
  if (refusal) return refusal;
  const id = wished.data ?? randomUUID();
  if (office.operations.outcome(id) === undefined) accept(id, message.data, fault, office);
  return fault.mode === 'drop' ? 'cut' : accepted(id, ask);
};

function accept(id: string, message: Message, fault: Fault, { operations, inbox, limits }: Office): void {
  const fails = fault.mode === 'failLater';
  if (!fails) inbox.deliver(id, message, limits.now());
  operations.settle(id, fails ? 'Failed' : 'Succeeded');
}

function accepted(id: string, { origin, query }: Ask): Answer {
  const location = `${origin}/emails/operations/${id}?api-version=${query.get('api-version')}`;
  return json(202, { id, status: 'Running' }, { 'operation-location': location, 'operation-id': id });
}
