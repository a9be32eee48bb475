import { describe, expect, test } from 'vitest';
import { NEIGHBOURS, WORKLOADS } from '../../src/core/workloads.ts';

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
    expect(WORKLOADS[workload]).toEqual({ vault, class: kind, tiers });
  });

  test('names nothing else', () => {
    expect(Object.keys(WORKLOADS)).toEqual(MATRIX.map(([workload]) => workload));
  });

  test.each([
    ['StorageSoftDelete', ['7 to 365', '14 to 180', 'storage account']],
    ['SiteRecovery', ['disable replication', 'Site Recovery']],
    ['Microsoft365', ['Microsoft 365']],
  ] as const)('%s is sent to the product that handles it', (neighbour, words) => {
    for (const word of words) expect(NEIGHBOURS[neighbour]).toContain(word);
  });
});
