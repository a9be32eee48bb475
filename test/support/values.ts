/** Values for every leaf of a vault: those that can be set are read from the shape of the request, so none is forgotten. */
import * as z from 'zod';
import { VAULT_LEAVES, type VaultLeaf } from '../../src/core/leaves.ts';
import { vaultRequest } from '../../src/http/vaults/shapes.ts';

const bare = (schema: z.core.$ZodType): z.core.$ZodType =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? bare(schema.unwrap()) : schema;

/** The schema of a leaf in the request that changes a vault; undefined where no request can set it. */
const schemaOf = (leaf: VaultLeaf): z.core.$ZodType | undefined =>
  leaf.split('.').reduce<z.core.$ZodType | undefined>((schema, name) => {
    const inside = schema instanceof z.ZodObject ? (schema.shape as Record<string, z.core.$ZodType>)[name] : undefined;
    return inside && bare(inside);
  }, vaultRequest);

function valuesIn(schema: z.core.$ZodType): readonly unknown[] {
  if (schema instanceof z.ZodEnum) return schema.options;
  if (schema instanceof z.ZodBoolean) return [false, true];
  if (schema instanceof z.ZodNumber) {
    const [least, most] = [Number(schema.minValue), Number(schema.maxValue)];
    return [least, Math.floor((least + most) / 2), most];
  }
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodNumber) return [[2], [7, 2], [30]];
  if (schema instanceof z.ZodArray) return [[], ['ops@contoso.com'], ['ops@contoso.com', 'more@contoso.com']];
  throw new Error('nobody knows values for this');
}

/** What no shape gives values for: names of other things, what has any members; and what no request for the vault sets. */
const OTHERS: Partial<Record<VaultLeaf, readonly unknown[]>> = {
  guard: [null, 'one', 'two'],
  'purge.executor': [null, 'one', 'two'],
  'purge.parameters': [null, { account: 'one' }, { account: 'two' }],
};

export const isSettable = (leaf: VaultLeaf): boolean => leaf !== 'kind' && schemaOf(leaf) !== undefined;

export const VALUES = Object.fromEntries(
  VAULT_LEAVES.map((leaf) => {
    const schema = isSettable(leaf) ? schemaOf(leaf) : undefined;
    return [leaf, OTHERS[leaf] ?? (schema ? valuesIn(schema) : [undefined])];
  }),
) as unknown as Readonly<Record<VaultLeaf, readonly unknown[]>>;
