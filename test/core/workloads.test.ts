import { describe, expect, test } from 'vitest';
import { BUILT_IN, builtInKind } from '../../src/core/kinds.ts';
import { NEIGHBOURS, WORKLOAD_NAMES } from '../../src/core/workloads.ts';

/** Copied by hand from the specification: vault, class, tiers with the default first. */
const MATRIX = [
  ['AzureVM', 'RecoveryServices', 'Cloud', ['Vault', 'Operational']],
  ['SQLInAzureVM', 'RecoveryServices', 'Cloud', ['Vault']],
  ['SAPHanaInAzureVM', 'RecoveryServices', 'Cloud', ['Vault']],
  ['AzureFiles', 'RecoveryServices', 'Cloud', ['Vault', 'Operational']],
  ['AzureBlob', 'Backup', 'Cloud', ['Vault', 'Operational']],
  ['AzureDisk', 'Backup', 'Cloud', ['Operational']],
  ['PostgreSQL', 'Backup', 'Cloud', ['Vault']],
  ['AKS', 'Backup', 'Cloud', ['Vault']],
  ['MARS', 'RecoveryServices', 'Hybrid', ['Vault']],
  ['DPM', 'RecoveryServices', 'Hybrid', ['Vault']],
  ['MABS', 'RecoveryServices', 'Hybrid', ['Vault']],
] as const;

describe('the kind matrix', () => {
  test.each(MATRIX)('%s is kept in a %s vault, %s, in %o', (workload, vault, kind, tiers) => {
    expect(builtInKind(workload)).toMatchObject({ vaultKinds: [vault], class: kind, tiers });
    expect(builtInKind(workload)).toMatchObject({ represents: 'Copies', recoveryPoints: true, builtIn: true });
  });

  test('names nothing else', () => {
    expect(WORKLOAD_NAMES).toEqual(MATRIX.map(([workload]) => workload));
    expect(BUILT_IN.map(({ name }) => name)).toEqual(WORKLOAD_NAMES);
  });

  test.each([
    ['StorageSoftDelete', ['7 to 365', '14 to 180', 'storage account']],
    ['SiteRecovery', ['disable replication', 'Site Recovery']],
    ['Microsoft365', ['Microsoft 365']],
  ] as const)('%s is sent to the product that handles it', (neighbour, words) => {
    for (const word of words) expect(NEIGHBOURS[neighbour]).toContain(word);
  });
});
