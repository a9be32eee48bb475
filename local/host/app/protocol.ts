/**
 * The part of the worker protocol that `@azure/functions` and its host exchange. The library's own declarations
 * leave these types to the worker, so they are written down here, limited to what this host sends and reads.
 */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly http?: HttpData;
}

export interface HttpData {
  readonly method?: string;
  readonly url?: string;
  readonly nullableHeaders?: Record<string, NullableText>;
  readonly nullableQuery?: Record<string, NullableText>;
  readonly nullableParams?: Record<string, NullableText>;
  readonly body?: TypedData | null;
  readonly statusCode?: string;
  readonly headers?: Record<string, string>;
  readonly cookies?: readonly unknown[];
}

export interface NullableText {
  readonly value?: string;
}

export interface Binding {
  readonly type: string;
  readonly direction: string;
  readonly [property: string]: unknown;
}

export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
}

export type Handler = (...inputs: unknown[]) => unknown;
export type Level = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';
export type Log = (level: Level, category: string, message: string) => void;

export interface InvocationResponse {
  readonly outputData?: ReadonlyArray<{ readonly name?: string; readonly data?: TypedData | null }> | null;
  readonly returnValue?: TypedData | null;
}

export interface CoreContext {
  readonly invocationId: string;
  readonly request: {
    readonly invocationId: string;
    readonly functionId: string;
    readonly inputData: ReadonlyArray<{ readonly name: string; readonly data: TypedData }>;
    readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  };
  readonly metadata: FunctionMetadata;
  state?: 'invocation' | undefined;
  readonly log: Log;
}

interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], handler: Handler): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

export interface ProgrammingModel {
  getInvocationModel(context: CoreContext): InvocationModel | Promise<InvocationModel>;
  getCapabilities?(capabilities: Record<string, string>): Promise<Record<string, string>>;
}
