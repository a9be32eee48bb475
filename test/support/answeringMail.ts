import { endpointOf } from './proxied.ts';

/** A mail service only has to answer before anything is purged: Azurite's blobs do. For tests in which nobody is mailed. */
export const answeringMail = (storage: string) => ({
  MAIL_CONNECTION_STRING: `endpoint=${new URL(endpointOf(storage, 'Blob')).origin}/;accesskey=bm9ib2R5`,
});
