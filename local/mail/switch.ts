import type { z } from 'zod';
import { complaint, json, problem } from './answer.ts';
import { type Office, parsed, type Route } from './ask.ts';

interface Switch<T> {
  show(): T;
  set(value: T): void;
}

/** Something a test may set with PUT, and see with GET. */
export const switchable = <T>(
  schema: z.ZodType<T>,
  of: (office: Office) => Switch<T>,
): Record<'GET' | 'PUT', Route> => ({
  GET: (_, office) => json(200, of(office).show()),
  PUT: ({ body }, office) => {
    const wish = schema.safeParse(parsed(body));
    if (!wish.success) return problem(400, 'InvalidRequest', complaint(wish.error));
    of(office).set(wish.data);
    return json(200, of(office).show());
  },
});
