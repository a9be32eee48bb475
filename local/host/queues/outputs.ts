import type { Binding, InvocationResponse, TypedData } from '../app/protocol.ts';
import type { RegisteredFunction } from '../app/registry.ts';
import { type Environment, resolveSettings } from '../settings.ts';
import { type Connection, connectionOf, queueService } from './connection.ts';
import { encodeMessage } from './message.ts';

interface Outputs {
  readonly env: Environment;
  readonly base64: boolean;
  /** Told which queue got something, so that a listener in this process need not wait for its next look. */
  readonly wake: (queueName: string, connection: Connection) => void;
}

/** Sends what a function put out to the queues it is bound to. Rejects when it cannot: the function has failed then. */
export const queueOutputs =
  ({ env, base64, wake }: Outputs) =>
  async ({ bindings }: RegisteredFunction, response: InvocationResponse): Promise<void> => {
    const outputs = [{ name: '$return', data: response.returnValue }, ...(response.outputData ?? [])];
    for (const { name, data } of outputs) {
      const binding = bindings[name ?? ''];
      if (!data || binding?.direction !== 'out' || binding.type.toLowerCase() !== 'queue') continue;
      const { queueName, connection } = target(binding, env);
      await sendAll(connection, queueName, contentsOf(data), base64);
      wake(queueName, connection);
    }
  };

function target(binding: Binding, env: Environment): { queueName: string; connection: Connection } {
  const queueName = resolveSettings(String(binding['queueName'] ?? ''), env);
  if ('missing' in queueName) throw new Error(`The setting '${queueName.missing}' of an output binding is not set.`);
  const connection = connectionOf(binding['connection'], env);
  if ('problem' in connection) throw new Error(connection.problem);
  return { queueName: queueName.value.toLowerCase(), connection };
}

async function sendAll(connection: Connection, queueName: string, contents: Contents, base64: boolean): Promise<void> {
  const queue = queueService(connection).getQueueClient(queueName);
  for (const content of contents) {
    const text = encodeMessage(content, base64);
    await queue.sendMessage(text).catch(async (error: unknown) => {
      if (!(error instanceof Error && 'statusCode' in error && error.statusCode === 404)) throw error;
      await queue.createIfNotExists();
      await queue.sendMessage(text);
    });
  }
}

type Contents = ReadonlyArray<string | Uint8Array>;

/** An array is several messages, one for each element; anything else is one. */
export function contentsOf(data: TypedData): Contents {
  if (data.bytes) return [data.bytes];
  if (data.string !== undefined) return [data.string];
  if (data.json === undefined) return [String(data.int ?? data.double ?? '')];
  const value: unknown = JSON.parse(data.json);
  return Array.isArray(value)
    ? value.filter((each) => each !== null).map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
    : [data.json];
}
