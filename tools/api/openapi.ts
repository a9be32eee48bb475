/** JSON Schema 2020-12 and OpenAPI 3.1, as far as this document uses them. */
export type Json = { [key: string]: unknown };
export type Schemas = Record<string, Json>;
export type Paths = Record<string, Record<string, Json>>;

export interface ApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Paths;
  readonly components: { readonly [K in 'headers' | 'securitySchemes']: Json } & {
    readonly [K in 'schemas' | 'parameters' | 'responses' | 'examples']: Schemas;
  };
}
