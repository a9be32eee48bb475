/**
 * The part of the worker protocol that `@azure/functions` and its host exchange. The library's own declarations
 * leave these types to the worker, so they are written down here, limited to what this host sends and reads.
 */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly int?: number;
  readonly double?: number;
  readonly http?: HttpData;
}

export interface NullableValue<T = string> {
  readonly value?: T;
}

export interface HttpData {
  readonly method?: string;
  readonly url?: string;
  readonly nullableHeaders?: Record<string, NullableValue>;
  readonly nullableQuery?: Record<string, NullableValue>;
  readonly nullableParams?: Record<string, NullableValue>;
  readonly body?: TypedData | null;
  readonly statusCode?: string;
  readonly headers?: Record<string, string>;
  readonly cookies?: readonly Cookie[];
}

export interface Cookie {
  readonly name?: string;
  readonly value?: string;
  readonly domain?: NullableValue;
  readonly path?: NullableValue;
  readonly expires?: NullableValue<{ readonly seconds?: number }>;
  readonly secure?: NullableValue<boolean>;
  readonly httpOnly?: NullableValue<boolean>;
  readonly sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone';
  readonly maxAge?: NullableValue<number>;
}

export interface Binding {
  readonly type: string;
  readonly direction: string;
  readonly [property: string]: unknown;
}

export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly retryOptions?: unknown;
}

export type Handler = (...inputs: unknown[]) => unknown;
export type Level = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';
export type Category = 'user' | 'system' | 'customMetric';
export type Log = (level: Level, category: Category, message: string) => void;

export interface InvocationRequest {
  readonly invocationId: string;
  readonly functionId: string;
  readonly inputData: ReadonlyArray<{ readonly name: string; readonly data: TypedData }>;
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  readonly traceContext: { readonly traceParent: string; readonly traceState: string; readonly attributes: object };
}

export interface InvocationResponse {
  readonly outputData?: ReadonlyArray<{ readonly name?: string; readonly data?: TypedData | null }> | null;
  readonly returnValue?: TypedData | null;
}

export interface CoreContext {
  readonly invocationId: string;
  readonly request: InvocationRequest;
  readonly metadata: FunctionMetadata;
  state?: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
  readonly log: Log;
}

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], handler: Handler): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreContext): InvocationModel | Promise<InvocationModel>;
  getCapabilities?(capabilities: Record<string, string>): Promise<Record<string, string>>;
}
