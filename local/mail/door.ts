import { problem } from './answer.ts';
import type { Route } from './ask.ts';
import { signatureFault } from './signature.ts';

const VERSIONS = ['2023-03-31', '2025-09-01'];

/** What Azure asks of every call to the real service, before it looks at what the call wants. */
export const throughTheDoor =
  (route: Route): Route =>
  (ask, office, piece) => {
    const fault = signatureFault(ask, office.key, office.now());
    if (fault !== undefined) return problem(401, 'Denied', fault, { 'www-authenticate': 'HMAC-SHA256' });
    const version = ask.query.get('api-version');
    if (version === null) return problem(400, 'MissingApiVersionParameter', 'api-version is missing.');
    if (VERSIONS.includes(version)) return route(ask, office, piece);
    return problem(400, 'UnsupportedApiVersionValue', `api-version must be one of ${VERSIONS.join(', ')}.`);
  };
