import { type Refused, refuse } from '../../core/problems.ts';
import type { Proof } from '../story/plan.ts';
import type { Asked } from '../story/request.ts';
import { tokenFactor } from './secondFactor.ts';

/** What concerns the service as a whole takes a person with a second factor. There no PIN counts, so no app can do it. */
export const personsFactor = ({ request }: { readonly request: Asked }): Promise<Proof | Refused> =>
  Promise.resolve(
    request.caller.appOnly
      ? refuse('Forbidden', 'An app may not do this: it takes a person who signs in with a second factor.')
      : (tokenFactor(request) ?? { proves: true, facts: { secondFactor: true, provedBy: 'token' } }),
  );
