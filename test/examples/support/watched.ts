import type { Json } from 'reprieve/executor';
import { type Between, between, type Look, pass } from './between.ts';
import { type Attempt, anOrder, attempt, type Work } from './order.ts';
import { containerOf, type Tenant, type Tenants } from './tenants.ts';

export interface Watched extends Attempt {
  /** In order, in words, without the prefix. */
  readonly calls: readonly string[];
}

interface Wish extends Partial<Work> {
  readonly look?: Look;
  readonly checkpoint?: Json;
  readonly token?: number;
}

/** How it takes the marker. */
export const TAKES = ['read .reprieve', 'lease acquire', 'write metadata of .reprieve'];

export const listedAt = (checkpoint: unknown): string => (checkpoint as { manifest: { at: string } }).manifest.at;

/** Attempts whose calls to storage are seen. */
export async function watcherOf({ connection }: Tenants) {
  const proxy: Between = await between(connection, 'http://127.0.0.1:1');
  return async (tenant: Tenant, { look = pass, checkpoint = null, token, ...work }: Wish = {}): Promise<Watched> => {
    const calls: string[] = [];
    proxy.look = (call, passage) => {
      const words = call.replace(tenant.prefix, '');
      calls.push(words);
      return look(words, passage);
    };
    const { item, sourceId } = tenant;
    const order = anOrder({ item, sourceId, checkpoint, ...(token === undefined ? {} : { token }) });
    return { ...(await attempt(order, { container: containerOf(proxy.connection), ...work })), calls };
  };
}

/** Does something just before the first call of this name is passed on. */
export function ahead(wanted: string, act: () => Promise<unknown>): Look {
  let isDone = false;
  return async (call, passage) => {
    if (call === wanted && !isDone) {
      isDone = true;
      await act();
    }
    return pass(call, passage);
  };
}

/** The connection breaks before the call is done, however often it is repeated. */
export const never = async (): Promise<never> => {
  throw new Error('cut');
};
