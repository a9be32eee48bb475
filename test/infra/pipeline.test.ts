import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkout } from './standins/world.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const text = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('what is shipped', () => {
  test.for(['azd deploy', 'azd up', 'azd package && azd deploy'])('%s ships what is built now', (command) => {
    const there = checkout();
    expect(there.run(`azd env new dev && ${command}`)).toBe(0);
    expect(there.shipped()).toEqual(['built now']);
    there.write('source', 'built still later');
    expect(there.run('azd deploy')).toBe(0);
    expect(there.shipped()).toEqual(['built now', 'built still later']);
  });
});

interface Job {
  readonly env: Readonly<Record<string, string>>;
  readonly steps: readonly { readonly run?: string }[];
}

/** What GitHub fills in, with what stands in for it where there is nothing. */
const EXPRESSION = /\$\{\{ (?:vars|secrets|inputs)\.(\w+)(?: \|\| '([^']*)')? \}\}/g;

/** A job's own scripts, in order, with the variables and secrets that an environment in GitHub has. An action is not run. */
function runJob(there: ReturnType<typeof checkout>, name: string, given: Readonly<Record<string, string>>) {
  // YAML's own aliases, as GitHub reads them
  const { jobs } = parse(text('.github/workflows/deploy.yml')) as { jobs: Record<string, Job> };
  const job = jobs[name];
  const filled = { ...given, environment: 'prod' } as Readonly<Record<string, string>>;
  const env = Object.fromEntries(
    Object.entries(job?.env ?? {}).map(([key, value]) => [
      key,
      value.replace(EXPRESSION, (_, one: string, other = '') => filled[one] || other),
    ]),
  );
  const codes = (job?.steps ?? []).flatMap(({ run }) => (run === undefined ? [] : [there.run(run, env)]));
  return codes.find((code) => code !== 0) ?? 0;
}

const { parameters } = JSON.parse(text('infra/main.parameters.json')) as {
  parameters: Record<string, { value: string }>;
};
/** The name in the environment, by parameter. */
const NAMES = Object.fromEntries(
  Object.entries(parameters).map(([parameter, { value }]) => [parameter, /\w+/.exec(value)?.[0] ?? '']),
);
const SECRETS = ['PIN_PEPPER', 'EVIDENCE_KEY', 'DELIVERY_WEBHOOK_KEY'];
const AZURE = {
  AZURE_CLIENT_ID: 'client',
  AZURE_TENANT_ID: 'tenant',
  AZURE_SUBSCRIPTION_ID: 'subscription',
  AZURE_LOCATION: 'northeurope',
};
/** A value of its own for everything that can be passed. */
const EVERYTHING: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.values(NAMES).map((name) => [name, `a ${name} of our own`])),
  ...AZURE,
  SWEEP_MAX_PURGES: '1000000',
};

describe('the workflow', () => {
  /** What a template is given when everything was passed. */
  const before: Readonly<Record<string, string>> = {
    ...Object.fromEntries(Object.entries(NAMES).map(([parameter, name]) => [parameter, EVERYTHING[name] ?? ''])),
    environmentName: 'prod',
  };
  /** Someone once deployed with everything set; then comes a new runner. */
  const deployed = () => {
    const there = checkout();
    expect(there.run('azd env new prod && azd provision', EVERYTHING)).toBe(0);
    there.fresh();
    return there;
  };

  test('passes everything that it is given, and no secret as an argument', () => {
    const there = checkout();
    expect(runJob(there, 'deploy', EVERYTHING)).toBe(0);
    expect(there.provisioned()).toEqual([{ provisioned: before, preview: false }]);
    const typed = there.log().filter((line) => !('provisioned' in line));
    for (const secret of SECRETS) expect(JSON.stringify(typed)).not.toContain(secret);
  });

  test.for(['what-if', 'deploy'])('%s resets nothing that it does not pass', (job) => {
    const there = deployed();
    expect(runJob(there, job, { ...AZURE, MAIL_PER_MINUTE: '7' })).toBe(0);
    // the vault keeps the secrets: nothing passed, nothing written
    const expected = { ...before, mailPerMinute: '7', pinPepper: '', evidenceKey: '', deliveryWebhookKey: '' };
    expect(there.provisioned()).toEqual([{ provisioned: expected, preview: job === 'what-if' }]);
  });

  test('begins with defaults where nothing was deployed yet', () => {
    const there = checkout();
    expect(runJob(there, 'deploy', { ...AZURE, IDENTITY_AUDIENCE: 'api' })).toBe(0);
    expect(there.provisioned()[0]?.provisioned).toMatchObject({
      identityAudience: 'api',
      dataRedundancy: 'Standard_ZRS',
      sweepSchedule: '0 */5 * * * *',
      stepUpContext: 'c1',
    });
  });

  test('asks Azure, and stops where Azure does not answer: defaults over a deployment would be a reset', () => {
    const there = deployed();
    there.offline();
    expect(runJob(there, 'deploy', AZURE)).not.toBe(0);
    expect(there.provisioned()).toEqual([]);
    expect(there.shipped()).toEqual([]);
  });

  test('builds, provisions, ships and looks, in this order', () => {
    const there = deployed();
    runJob(there, 'deploy', AZURE);
    expect(there.log().map((line) => JSON.stringify(line).slice(0, 60))).toMatchObject([
      expect.stringContaining('auth.useAzCliAuth'),
      expect.stringContaining('run package'),
      expect.stringContaining('"env","new","prod"'),
      expect.stringContaining('group exists --name rg-reprieve-prod'),
      expect.stringContaining('"env","refresh","prod"'),
      expect.stringContaining('"provision","--no-prompt"'),
      expect.stringContaining('provisioned'),
      expect.stringContaining('"deploy","--no-prompt"'),
      expect.stringContaining('run package'),
      expect.stringContaining('built now'),
      expect.stringContaining('"env","get-value","SERVICE_API_URI"'),
      expect.stringContaining('curl'),
    ]);
    expect(JSON.stringify(there.log().at(-1))).toContain('https://app.example/api/health/ready');
  });
});
