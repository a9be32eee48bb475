/** What the API answers about the service as a whole. */
export interface Alert {
  readonly id: string;
  readonly type: string;
  readonly severity: string;
  readonly vault: string | null;
  readonly item?: string;
  readonly firedAt: string;
  readonly count: number;
  readonly state: 'New' | 'Acknowledged' | 'Closed';
  readonly recommendedAction: string;
  readonly notifications: readonly { readonly recipient: string; readonly status: string }[];
}

export interface DeadLetter {
  readonly id: string;
  readonly alert: string;
  readonly recipient: string;
  readonly reason: string;
  readonly code: string;
  readonly attempts: number;
  readonly lastFailedAt: string;
}

export interface Day {
  readonly date: string;
  readonly count: number;
  readonly items: readonly { readonly vault: string; readonly item: string; readonly purgeAt: string }[];
}

export interface Sweep {
  readonly id: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly dryRun: boolean;
  readonly complete: boolean;
  readonly due: number;
  readonly purged: number;
  readonly warned: number;
  readonly expired: number;
  readonly retold: number;
  readonly skipped: number;
  readonly failed: number;
  readonly held?: { readonly reason: string; readonly token?: string; readonly detail?: string };
  readonly items?: readonly {
    readonly vault: string;
    readonly item: string;
    readonly action: string;
    readonly why: string;
  }[];
}

export interface Pause {
  readonly reason: string;
  readonly until: string;
  readonly by: string;
  readonly at: string;
  readonly etag: string;
}

export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
}

export interface Clock {
  readonly offset: string;
  readonly now: string;
}
