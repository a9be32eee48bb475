import type { RegisteredFunction } from '../app/core.ts';
import type { Binding, InvocationResponse, TypedData } from '../app/protocol.ts';
import type { QueueOptions } from '../hostJson.ts';
import { type Connection, connectionOf, type Environment, resolveSettings } from '../settings.ts';
import { queueOf, unlessMissing } from './queue.ts';

interface Outputs {
  readonly env: Environment;
  readonly encoding: QueueOptions['messageEncoding'];
  /** Told which queue got something, so that a listener in this process need not wait for its next look. */
  readonly wake: (queueName: string, connection: Connection) => void;
}

/** Sends what a function put out to the queues it is bound to. Rejects when it cannot: the function has failed then. */
export const queueOutputs =
  ({ env, encoding, wake }: Outputs) =>
  async ({ bindings }: RegisteredFunction, response: InvocationResponse): Promise<void> => {
    for (const { name, data } of response.outputData ?? []) {
      const binding = bindings[name ?? ''];
      if (!data || binding?.direction !== 'out' || binding.type.toLowerCase() !== 'queue') continue;
      const { queueName, connection } = target(binding, env);
      await sendAll(
        connection,
        queueName,
        contentsOf(data).map((content) => encoded(content, encoding)),
      );
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

const encoded = (content: string, encoding: Outputs['encoding']): string =>
  encoding === 'none' ? content : Buffer.from(content).toString('base64');

async function sendAll(connection: Connection, queueName: string, texts: readonly string[]): Promise<void> {
  const queue = queueOf(connection, queueName);
  for (const text of texts) {
    await queue.sendMessage(text).catch(async (error: unknown) => {
      unlessMissing(error);
      await queue.createIfNotExists();
      await queue.sendMessage(text);
    });
  }
}

/** An array is several messages, one for each element; anything else is one. */
export function contentsOf(data: TypedData): readonly string[] {
  if (data.string !== undefined) return [data.string];
  if (data.json === undefined) throw new Error('The local host puts text and JSON into queues, nothing else.');
  const value: unknown = JSON.parse(data.json);
  return Array.isArray(value)
    ? value.filter((each) => each !== null).map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
    : [data.json];
}
