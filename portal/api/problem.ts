/** Why the API did not do it, in its own words. */
export interface Problem {
  /** 0: there was no answer at all. */
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details: readonly { readonly target?: string; readonly message: string }[];
  readonly facts: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;
  readonly requestId: string | undefined;
}

export const UNREACHABLE: Problem = {
  status: 0,
  code: 'Unreachable',
  message: 'The service does not answer.',
  details: [],
  facts: {},
  retryAfterSeconds: undefined,
  requestId: undefined,
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Whatever stands between may answer too, and in other words than the API. */
export function problemOf(status: number, body: unknown, headers: Pick<Headers, 'get'>): Problem {
  const error = isRecord(body) && isRecord(body['error']) ? body['error'] : {};
  const { code, message, details, innererror } = error;
  const seconds = Number(headers.get('retry-after'));
  return {
    status,
    code: typeof code === 'string' ? code : `Http${status}`,
    message: typeof message === 'string' ? message : `The service answered ${status} and did not say why.`,
    details: Array.isArray(details) ? details.filter(isComplaint) : [],
    facts: isRecord(innererror) ? innererror : {},
    retryAfterSeconds: seconds > 0 ? seconds : undefined,
    requestId: headers.get('x-ms-request-id') ?? undefined,
  };
}

const isComplaint = (value: unknown): value is { message: string } =>
  isRecord(value) && typeof value['message'] === 'string';
