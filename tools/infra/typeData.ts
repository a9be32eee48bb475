import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

interface Property {
  readonly name: string;
  /** `string`, `int`, a name of another type, `[]` behind any of them, or several with `|` between them. */
  readonly type: string;
  readonly flags?: string;
}

export interface ObjectType {
  readonly $type: 'Object';
  readonly name: string;
  readonly properties: readonly Property[];
  readonly additionalPropertiesType?: string;
}

export interface Discriminated {
  readonly $type: 'DiscriminatedObject';
  readonly name: string;
  readonly discriminator: string;
  readonly baseProperties: readonly Property[];
  readonly elements: readonly ObjectType[];
}

export interface ResourceType {
  readonly $type: 'Resource';
  /** With its version behind an @. */
  readonly name: string;
  readonly bodyType: ObjectType | Discriminated;
}

export type Entry = ResourceType | ObjectType | Discriminated | { readonly $type: 'ResourceInstanceFunction' };

/** What is known of one resource type. Of some only the newest version is known, of some nothing. */
export interface Known {
  readonly version: string | undefined;
  readonly entries: readonly Entry[];
}

const PACKAGED = join('node_modules', '@azure', 'mcp-linux-x64', 'dist', 'azmcp');

/** The program that knows Azure's types without asking Azure. It is large, so it is no dependency. */
export const findProgram = (root: string): string | undefined =>
  [process.env['AZMCP'], join(root, PACKAGED)].find((path) => path !== undefined && existsSync(path));

export async function typesOf(program: string, type: string): Promise<Known> {
  const { out, complaints } = await run(program, ['bicepschema', 'get', '--resource-type', type]);
  const entries = entriesIn(out);
  const resource = entries.find((entry) => entry.$type === 'Resource');
  const version = resource?.name.split('@')[1] ?? /with apiVersion (\S+) not supported/.exec(complaints + out)?.[1];
  return { version, entries };
}

function entriesIn(text: string): readonly Entry[] {
  try {
    const answer = JSON.parse(text.slice(text.indexOf('{'))) as { results?: { BicepSchemaResult?: readonly Entry[] } };
    return answer.results?.BicepSchemaResult ?? [];
  } catch {
    return []; // it has no types of this resource
  }
}

const run = (program: string, args: readonly string[]): Promise<{ out: string; complaints: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, AZURE_MCP_COLLECT_TELEMETRY: 'false' };
    const options = { env, maxBuffer: 16 * 1024 * 1024, timeout: 60_000 };
    execFile(program, args, options, (_, out, complaints) => resolve({ out, complaints }));
  });
