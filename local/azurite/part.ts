import { join, resolve } from 'node:path';
import { describeExit } from '../child.ts';
import type { Part } from '../part.ts';
import { startAzurite } from './start.ts';

export const storagePart: Part = {
  name: 'storage',
  ports: ({ storagePort: first }) =>
    [first, first + 1, first + 2].filter(() => first !== 0).map((port) => ({ option: 'storage-port', port })),
  async start({ options, root, say, onStop, died }) {
    let stopping = false;
    const place = options.ephemeral ? {} : { folder: join(resolve(root, options.data), 'azurite') };
    const azurite = await startAzurite({ ...place, port: options.storagePort, say }, (spawned) =>
      onStop(async () => {
        stopping = true; // also in a hurry: it saves what the app was told is safe
        if (!(await spawned.stop())) say('Azurite did not stop in time and was killed; its last seconds may be lost.');
      }),
    );
    void azurite.gone.then((exit) => {
      if (!stopping) died(`Azurite, the local storage service, ended by itself ${describeExit(exit)}.`);
    });
    return {
      facts: { storage: azurite.connectionString },
      settings: { AzureWebJobsStorage: azurite.connectionString, DATA_STORAGE: azurite.connectionString },
    };
  },
};
