import * as z from 'zod';
import { isName, NAME } from '../core/names.ts';
import { CODES } from '../core/problems.ts';
import { parametersFault } from '../core/purgeSettings.ts';
import { type Instant, parseInstant } from '../core/time.ts';

/** One estate, told by the examples of every operation. A test holds each example against its schema. */
export const EXAMPLE = {
  vault: 'contoso',
  item: 'sql-01',
  policy: 'daily',
  server: 'hv-07',
  guard: 'security-team',
  executor: 'blobs',
  kind: 'tenant',
  order: 'contoso~sql-01~4f2b9d3c-7a51-4e0b-9a34-5d2c1f6b8e90',
  hold: 'case-4711',
  point: 'rp-2026-11-20',
  silence: 'migration',
  job: '4f2b9d3c-7a51-4e0b-9a34-5d2c1f6b8e90',
  operation: 'contoso~9d1f6c3e-2b74-4a58-8e0d-c5a1b7f2e639~4f2b9d3c-7a51-4e0b-9a34-5d2c1f6b8e90',
  letter: 'b1a7e6c2-93d4-4f5e-8a60-7c1d2e3f4a5b',
  alert: 'contoso~sql-01~DeleteBackupData~1.2b8e4c1d-7f3a-4d6b-9e15-0a1b2c3d4e5f',
  oid: '6f1d0c52-8b3e-4d7a-a1c9-2e5b7f904d31',
  tid: 'd2a94c1b-5e60-4f38-b7a2-90c3e8f1d564',
  source: '/subscriptions/11111111-2222-3333-4444-555555555555/virtualMachines/sql-01',
  etag: '"0b6cf2f1-2f0a-4a3e-9a55-3f1f6f0f7a10"',
  mailbox: 'ops@contoso.com',
  mail: 'c0ffee00-1234-4567-89ab-0123456789ab',
  hash: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
  /** When the item was deleted, and when it may be purged. */
  deletedAt: '2026-11-21T09:00:00.000Z',
  purgeAt: '2026-12-05T09:00:00.000Z',
} as const;

/**
 * One schema for each thing that goes over the wire. What callers send is parsed with it, the type of what they get is taken from it,
 * and the API document is made from it. Answers are not run through their schema: the compiler holds each view against it.
 */
declare const NAMED: unique symbol;
export type Shape<S extends z.ZodType = z.ZodType> = S & { readonly [NAMED]: true };

/** What a view of this shape makes. */
export type Told<S extends z.ZodType> = Frozen<z.input<S>>;
type Frozen<T> = T extends readonly (infer E)[]
  ? readonly Frozen<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

/** The words of a field; without, it has those of its shape. The example of an object is put together from those of its fields. */
export const says = (description: string, example?: unknown) =>
  example === undefined ? { description } : { description, example };

/** A field with its words. */
export const field = <S extends z.ZodType>(schema: S, description: string, example?: unknown): S =>
  schema.meta(says(description, example));

/** A thing with a name of its own in the document. Its own example says only where it differs from its fields'. */
export const shape = <S extends z.ZodType>(id: string, description: string, schema: S, example?: unknown): Shape<S> =>
  schema.meta({ id, ...says(description, example) }) as Shape<S>;

export const answer = <F extends z.core.$ZodLooseShape>(id: string, words: string, fields: F, example?: object) =>
  shape(id, words, z.object(fields), example);

/** Strict: a field that this service does not know is a mistake, and its sender should hear of it. */
export const request = <F extends z.core.$ZodLooseShape>(id: string, words: string, fields: F) =>
  shape(id, words, z.strictObject(fields));

/** Loose: it may have other fields as well. */
export const loose = <F extends z.core.$ZodLooseShape>(id: string, words: string, fields: F) =>
  shape(id, words, z.looseObject(fields));

/** One of a few words. The first is its example, unless another one is given. */
export const oneOf = <const W extends string>(
  id: string,
  words: string,
  values: readonly W[],
  example: NoInfer<W> | undefined = values[0],
) => shape(id, words, z.enum(values), example);

type Nullish<F> = { [K in keyof F]: F[K] extends z.ZodType ? z.ZodOptional<z.ZodNullable<F[K]>> : never };

/** The same fields as a caller may send them, in the same words: what is absent stays, and null gives the default back. */
export const nullish = <F extends Readonly<Record<string, z.ZodType>>>(fields: F) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => {
      const { description, example } = schema.meta() ?? {};
      return [name, schema.nullish().meta({ description, example })];
    }),
  ) as Nullish<F>;

/** The same for one field: absent stays, and null gives this back. */
export const orDefault = <S extends z.ZodType>(schema: S, value: z.output<S>) =>
  schema.nullish().transform((given) => (given === null ? value : given));

const unreadableEntry = answer('UnreadableEntry', 'Something whose row cannot be read.', {
  name: field(z.string(), 'Its name, as far as it is known.', EXAMPLE.item),
});

export const listOf = <S extends z.ZodType>(id: string, words: string, entry: S, example?: object) =>
  answer(
    id,
    words,
    {
      value: field(z.array(entry), 'The entries of this page.'),
      nextLink: z
        .string()
        .optional()
        .meta({ format: 'uri', ...says('The address of the next page; absent on the last page.') }),
      unreadable: field(
        z.array(unreadableEntry).optional(),
        'What would stand on this page and cannot be read; absent where there is none.',
      ),
    },
    example,
  );

export type ListOf<S extends z.ZodType> = ReturnType<typeof listOf<S>>;

export const name = shape(
  'Name',
  'A name: 1 to 63 letters, digits, ".", "_", "-", beginning and ending with a letter or digit.',
  z
    .string()
    .refine(
      isName,
      'must be a name: 1 to 63 letters, digits, ".", "_", "-", beginning and ending with a letter or digit',
    )
    .meta({ minLength: 1, maxLength: 63, pattern: NAME.source }),
);

const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/** A time that a caller sends. */
export const time = shape(
  'Time',
  'A time in ISO 8601, in UTC with Z.',
  z
    .string()
    .max(40)
    .transform((text, context): Instant => {
      const at = UTC.test(text) ? parseInstant(text) : undefined;
      if (at) return at;
      context.addIssue({ code: 'custom', message: 'must be a time in ISO 8601, in UTC with Z' });
      return z.NEVER;
    })
    .meta({ format: 'date-time', pattern: UTC.source }),
);

/** A time as this service writes it. A view makes it of an instant. */
export const instant = shape(
  'Instant',
  'A time in UTC, with milliseconds.',
  z
    .string()
    .meta({ format: 'date-time', pattern: String.raw`^(?:\d{4}|\+\d{6})-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$` })
    .brand<'Instant'>(),
);

export const email = shape('Email', 'An e-mail address.', z.email().max(254));
export const count = z.int().min(0);
/** What people write: any characters and new lines, and nothing that controls a terminal or is half a character. */
const PLAIN = /^(?:[\t\n\r]|[^\p{Cc}\p{Cs}])*$/u;
export const said = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => PLAIN.test(text), 'must be text without control characters');
export const words = said(1024).min(1);

export const facts = shape(
  'Facts',
  'More details, by name.',
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])),
);

export const code = shape('Code', 'Every reason to refuse.', z.enum(CODES));

/** How far a chain of history goes. */
export const chainHead = answer('ChainHead', 'An entry of a history: its number and its hash.', {
  seq: field(count, 'Its number in the chain.', 9),
  hash: field(z.string(), 'Its hash.', EXAMPLE.hash),
});

/** Fields that many things have, each with the same words everywhere. */
export const common = {
  /** Of the thing itself, with the name of the example. */
  name: (example: string) => field(z.string(), 'The name, as it was first written.', example),
  vault: field(z.string(), 'The name of the vault.', EXAMPLE.vault),
  item: field(z.string(), 'The name of the item.', EXAMPLE.item),
  policy: field(z.string(), 'The name of the policy.', EXAMPLE.policy),
  by: field(z.string(), 'The object id of the caller who did it.', EXAMPLE.oid),
  reason: field(z.string(), 'Why.'),
  purgeAt: field(instant, 'When the purge may begin. Until then it can be undeleted.', EXAMPLE.purgeAt),
  evidence: field(
    chainHead.nullable(),
    'The entry of its history that its last change wrote; null: it was before there were chains.',
  ),
  etag: field(
    shape('Etag', 'The version of a resource, quoted.', z.string().regex(/^"[^"]+"$/)),
    'The version, as in the header `ETag`. Send it back in `If-Match`.',
    EXAMPLE.etag,
  ),
} as const;

/** An executor gets them as they are. */
export const parameters = shape(
  'Parameters',
  'What the executor is told beside the order: any JSON object of 4 KiB at most, without keys or signatures.',
  z.record(z.string(), z.unknown()).superRefine((given, context) => {
    const message = parametersFault(given);
    if (message) context.addIssue({ code: 'custom', message });
  }),
  { account: 'customers' },
);

export const nothing = request('NothingRequest', 'An empty object.', {});

/** True or false, as a query has it. */
export const flag = (otherwise: boolean, description: string) =>
  z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .default(otherwise)
    .meta({ type: 'boolean', description });

const numeral = (most: number) =>
  z
    .string()
    .regex(/^\d{1,3}$/, `must be a number from 1 to ${most}`)
    .transform(Number)
    .pipe(z.number().min(1, `must be a number from 1 to ${most}`).max(most, `must be a number from 1 to ${most}`));
const upTo = (most: number, words: ReturnType<typeof says>) => ({
  ...({ type: 'integer', minimum: 1, maximum: most } as const),
  ...words,
});

/** A number from 1 up, as a query has it. */
export const number = (most: number, otherwise: number, words: ReturnType<typeof says>) =>
  numeral(most).default(otherwise).meta(upTo(most, words));
/** The same, where it matters whether somebody said it. */
export const givenNumber = (most: number, words: ReturnType<typeof says>) =>
  numeral(most).optional().meta(upTo(most, words));

export const page = z.object({
  top: number(200, 100, says('The most entries that a page has.', 100)),
  continuation: field(z.string().max(2000).optional(), 'Where the last page ended, taken from its `nextLink`.'),
});
