/**
 * Azurites for services that need one of their own: local mode knows one storage account by name, so services cannot share one at the
 * same time. One after the other they can: to empty an Azurite takes a tenth of the time that another needs to start.
 */
import { TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { type Azurite, startAzurite } from '../../local/azurite/start.ts';

export interface Lent {
  readonly storage: string;
  /** When nobody uses it any more. */
  giveBack(): Promise<void>;
}

/** Of this worker, and they end with it. */
const idle: Azurite[] = [];

export async function lendStorage(): Promise<Lent> {
  const azurite = idle.pop() ?? (await startAzurite({ port: 0 }));
  const { connectionString: storage } = azurite;
  return {
    storage,
    giveBack: async () => {
      await empty(storage);
      idle.push(azurite);
    },
  };
}

async function empty(storage: string): Promise<void> {
  const tables = TableServiceClient.fromConnectionString(storage, { allowInsecureConnection: true });
  for await (const { name } of tables.listTables()) if (name) await tables.deleteTable(name);
  const queues = QueueServiceClient.fromConnectionString(storage);
  for await (const { name } of queues.listQueues()) await queues.deleteQueue(name);
  const blobs = BlobServiceClient.fromConnectionString(storage);
  for await (const { name } of blobs.listContainers()) await deleteContainer(blobs, name);
}

/** The host that was killed may still hold the lease of its timer. */
async function deleteContainer(blobs: BlobServiceClient, name: string): Promise<void> {
  const container = blobs.getContainerClient(name);
  for await (const blob of container.listBlobsFlat())
    await container
      .getBlobClient(blob.name)
      .getBlobLeaseClient()
      .breakLease(0)
      .catch(() => {});
  await container.delete();
}
