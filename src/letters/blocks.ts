import type { Alert, Notification } from '../core/alerts.ts';
import type { kindOf } from '../core/alertTypes.ts';
import type { Instant } from '../core/time.ts';

/** How a kind of your own is called, as it is now. */
export interface Called {
  readonly title: string;
  readonly plural: string;
  readonly recoveryPoints: boolean;
}

/** By the name of the kind, in lower case. Only your own are among them. */
export type CalledByName = ReadonlyMap<string, Called>;

/** What a letter is written from. */
export interface Occasion {
  readonly alert: Alert;
  /** Why this reader receives it. */
  readonly as: Notification['as'];
  /** The time that is left is counted from here. */
  readonly now: Instant;
  /** The alerts that a Digest or a MassDeletion bundles. */
  readonly members: readonly Alert[];
  /** PurgeComplete: when its reminders went out, the first one first. */
  readonly reminded: readonly Instant[];
  readonly resourceGroup: string | null;
  /** How kinds of your own are called that it is about. Absent: it is about none. */
  readonly called?: CalledByName | undefined;
  /** The address of the portal, if it is known. */
  readonly portal: string | null;
}

/** A part of a letter. It has no blocks when the alert says nothing about its subject. */
export type Section = (occasion: Occasion) => readonly Block[];

/** What a letter is made of. Each block is written twice: as text and as HTML. */
interface Shapes {
  readonly paragraph: { readonly text: string };
  /** What to do: the sentence that readers must not overlook. */
  readonly action: { readonly texts: readonly string[] };
  readonly facts: { readonly title: string; readonly rows: readonly Row[] };
  readonly commands: { readonly title: string; readonly lines: readonly string[] };
  /** A page of the portal, which asks who you are. */
  readonly page: { readonly title: string; readonly address: string };
  readonly table: { readonly title: string; readonly head: readonly string[]; readonly rows: readonly Cells[] };
}

export type Row = readonly [label: string, value: string];
export type Cells = readonly string[];

export type Block<K extends keyof Shapes = keyof Shapes> = { [P in K]: { readonly kind: P } & Shapes[P] }[K];

/** A way to write every kind of block. A writer that lacks one does not compile. */
export type Writer<T> = { readonly [K in keyof Shapes]: (block: Block<K>) => T };

export const write = <T, K extends keyof Shapes>(writer: Writer<T>, block: Block<K>): T => writer[block.kind](block);

type Severity = ReturnType<typeof kindOf>['severity'];

export interface Page {
  readonly subject: string;
  readonly severity: Severity;
  readonly event: string;
  /** Which item in which vault; empty for the service. */
  readonly about: string;
  /** What a list of mails shows beside the subject. */
  readonly preview: string;
  readonly blocks: readonly Block[];
  /** Why you receive this. */
  readonly because: string;
  /** The entries of histories that prove what the letter tells: one line each, and none is broken. */
  readonly evidence: readonly string[];
}

/** The word stands beside the colour: not everyone sees colours. White on each of them is readable (4.5 : 1 or more). */
export const SEVERITIES: Readonly<Record<Severity, { readonly word: string; readonly colour: string }>> = {
  Sev0: { word: 'Critical', colour: '#b3261e' },
  Sev1: { word: 'Error', colour: '#8f5200' },
  Sev2: { word: 'Warning', colour: '#1d5fa8' },
  Sev3: { word: 'Informational', colour: '#2f6b3a' },
};

export const paragraph = (text: string): readonly Block[] => [{ kind: 'paragraph', text }];

export const commands = (title: string, ...lines: readonly string[]): readonly Block[] => [
  { kind: 'commands', title, lines },
];

/** Rows without a value, and tables without rows, are left out. */
export const factTable = (
  title: string,
  rows: readonly (readonly [string, string | undefined])[],
): readonly Block[] => {
  const filled = rows.filter((row): row is Row => row[1] !== undefined && row[1] !== '');
  return filled.length > 0 ? [{ kind: 'facts', title, rows: filled }] : [];
};
