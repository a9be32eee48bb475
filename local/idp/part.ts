import { join, resolve } from 'node:path';
import type { Part } from '../part.ts';
import { DEFAULT_AUDIENCE } from './claims.ts';
import { startIdp } from './start.ts';

export const idpPart: Part = {
  name: 'identity provider',
  ports: ({ idpPort: port }) => (port === 0 ? [] : [{ option: 'idp-port', port }]),
  async start({ options, root, neighbours, onStop }) {
    const keyFile = options.ephemeral ? undefined : join(resolve(root, options.data), 'idp-key.json');
    const idp = await startIdp(options.idpPort, keyFile, neighbours);
    onStop(idp.stop);
    return {
      facts: { idp: idp.origin },
      settings: {
        IDENTITY_ISSUER: idp.origin,
        IDENTITY_AUDIENCE: DEFAULT_AUDIENCE,
        IDENTITY_JWKS: `${idp.origin}/jwks`,
      },
    };
  },
};
