import { describe, expect, test } from 'vitest';
import { sharedService } from '../../support/service.ts';
import { anItem, aVault, type Body, type Door, deletion, done, doorOf, inTrash, RETENTION } from '../support/door.ts';

const service = await sharedService();
const door = doorOf(service.api);
type Answer = Awaited<ReturnType<Door>>;

const VERBS = {
  retain: (path: string) => door('POST', `${path}/stop`, { body: { mode: 'retain' } }),
  delete: (path: string) => door('POST', `${path}/stop`, { body: deletion(path) }),
  undelete: (path: string) => door('POST', `${path}/undelete`, { body: {} }),
  resume: (path: string) => door('POST', `${path}/resume`, { body: { policy: 'other' } }),
  changePolicy: (path: string) => door('POST', `${path}/changePolicy`, { body: { policy: 'other' } }),
  backup: (path: string) => door('POST', `${path}/backup`, { body: {} }),
} as const;
type Verb = keyof typeof VERBS;

const START = {
  Protected: anItem,
  ProtectionStopped: async (...[at, vault]: Parameters<typeof anItem>) => {
    const path = await anItem(at, vault);
    await done(VERBS.retain(path));
    return path;
  },
  SoftDeleted: inTrash,
} as const;
type State = keyof typeof START;

/**
 * What one after the other does: state → verb → state after, or the refusal. Written by hand, so that a race is judged by
 * somebody else than the code that ran it.
 */
const SERIAL: Readonly<Record<State, Readonly<Record<Verb, State | `${string}!` | 'Busy'>>>> = {
  Protected: {
    retain: 'ProtectionStopped',
    delete: 'SoftDeleted',
    undelete: 'ItemNotSoftDeleted!',
    resume: 'AlreadyProtected!',
    changePolicy: 'Protected',
    backup: 'Busy',
  },
  ProtectionStopped: {
    retain: 'ProtectionStopped',
    delete: 'SoftDeleted',
    undelete: 'ItemNotSoftDeleted!',
    resume: 'Protected',
    changePolicy: 'Protected',
    backup: 'ProtectionStopped!',
  },
  SoftDeleted: {
    retain: 'ItemSoftDeleted!',
    delete: 'SoftDeleted',
    undelete: 'ProtectionStopped',
    resume: 'ItemSoftDeleted!',
    changePolicy: 'ItemSoftDeleted!',
    backup: 'ItemSoftDeleted!',
  },
};

const ROUNDS: readonly (readonly [State, Verb, Verb])[] = [
  ['Protected', 'retain', 'delete'],
  ['Protected', 'delete', 'changePolicy'],
  ['Protected', 'backup', 'delete'],
  ['Protected', 'backup', 'retain'],
  ['Protected', 'retain', 'changePolicy'],
  ['ProtectionStopped', 'delete', 'resume'],
  ['ProtectionStopped', 'retain', 'delete'],
  ['SoftDeleted', 'undelete', 'delete'],
  ['SoftDeleted', 'undelete', 'resume'],
  ['SoftDeleted', 'undelete', 'retain'],
];

const outcomeOf = ({ status, body }: Answer): string => (status < 300 ? `${status}` : body.error.code);

/** What the pair may answer, and where the item may be afterwards, if `first` went before `second`. */
function inOrder(start: State, first: Verb, second: Verb): { readonly outcomes: readonly string[]; state: State } {
  let state: State = start;
  let locked = false;
  // an undelete that did it may be said again; a resume under the same policy too
  let last: Verb | undefined;
  const outcomes = [first, second].map((verb) => {
    const next = SERIAL[state][verb];
    const exclusive = ['retain', 'delete', 'backup'].includes(verb);
    if (locked && exclusive) return 'ObjectLocked';
    if (next === 'Busy') {
      locked = true;
      return '202';
    }
    if (next.endsWith('!') && !(verb === 'undelete' && last === 'undelete')) return next.slice(0, -1);
    state = next as State;
    last = verb;
    return '200';
  });
  return { outcomes, state };
}

describe('50 rounds of two callers racing different verbs on one item: exactly one outcome each time, counts right', () => {
  const rounds = Array.from({ length: 50 / ROUNDS.length }, () => ROUNDS)
    .flat()
    .map(([start, one, two], at) => [at + 1, start, one, two] as const);
  const vault = aVault(door);

  test.for(rounds)('round %i: %s, %s against %s', async ([, start, one, two]) => {
    const path = await START[start](door, await vault);
    const before = await countsOf(await vault);
    const [a, b] = await Promise.all([VERBS[one](path), VERBS[two](path)]);
    const happened = { outcomes: [outcomeOf(a), outcomeOf(b)], state: (await door('GET', path)).body.state };
    const forward = inOrder(start, one, two);
    const backward = inOrder(start, two, one);
    expect([forward, { ...backward, outcomes: backward.outcomes.toReversed() }]).toContainEqual(happened);

    const after = await countsOf(await vault);
    expect(after).toEqual(moved(before, start, happened.state));
    expect(after).toEqual(await countedIn(await vault));
    await told(path, [a, b], happened.state);
  });
});

const COUNTED: Readonly<Record<string, keyof Body['counts']>> = {
  Protected: 'protected',
  ProtectionStopped: 'stopped',
  SoftDeleted: 'softDeleted',
};
const countsOf = async (vault: string) => (await door('GET', `vaults/${vault}`)).body.counts;

function moved(counts: Body['counts'], from: string, to: string): Body['counts'] {
  const [less, more] = [COUNTED[from], COUNTED[to]];
  const result = { ...counts };
  if (less) result[less] -= 1;
  if (more) result[more] += 1;
  return result;
}

async function countedIn(vault: string): Promise<Body['counts']> {
  const counts = { protected: 0, stopped: 0, softDeleted: 0 };
  for (const { state } of (await door('GET', `vaults/${vault}/items?top=200`)).body.value) {
    const counted = COUNTED[state];
    if (counted) counts[counted] += 1;
  }
  return counts;
}

/** Every change is in the history once; the newest leads to where the item is. */
async function told(path: string, answers: readonly Answer[], state: string): Promise<void> {
  const { value } = (await door('GET', `${path}/history`)).body;
  for (const { headers } of answers) {
    const id = headers.get('x-ms-request-id');
    expect(value.filter(({ requestId }) => requestId === id).length).toBeLessThanOrEqual(1);
  }
  const raced = answers.map(({ headers }) => headers.get('x-ms-request-id') ?? '');
  const changes = value.filter(({ outcome, requestId }) => outcome === 'Succeeded' && raced.includes(requestId));
  expect(changes.map(({ to }) => to)).toContain(state);
  // whoever changed something went on from where the other one left it
  if (changes.length === 2)
    expect(changes.map(({ from }) => from)).toContain(changes.find(({ to }) => to !== state)?.to ?? state);
}

test('ten that delete the same item at once delete it once', async () => {
  const vault = await aVault(door);
  const path = await anItem(door, vault);
  const answers = await Promise.all(Array.from({ length: 10 }, () => VERBS.delete(path)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(answers.map(({ body }) => body.etag)).size).toBe(1);
  expect((await door('GET', path)).body.generation).toBe(1);
  expect(await countsOf(vault)).toEqual({ protected: 0, stopped: 0, softDeleted: 1 });
});

test('ten that start a backup at once start one', async () => {
  const path = await anItem(door, await aVault(door));
  const answers = await Promise.all(Array.from({ length: 10 }, () => VERBS.backup(path)));
  expect(answers.map(outcomeOf).toSorted()).toEqual(['202', ...Array.from({ length: 9 }, () => 'ObjectLocked')]);
});

test('many that change many items of one vault leave its counts right', async () => {
  const vault = await aVault(door);
  const paths = await Promise.all(Array.from({ length: 8 }, () => anItem(door, vault)));
  const verbs = ['delete', 'undelete', 'resume', 'retain', 'changePolicy'] as const;
  for (let round = 0; round < 5; round += 1)
    await Promise.all(
      paths.flatMap((path, at) =>
        [0, 1].map((more) => VERBS[verbs[(at * 3 + round * 2 + more) % verbs.length] ?? 'delete'](path)),
      ),
    );
  expect(await countsOf(vault)).toEqual(await countedIn(vault));
});

test('a policy is not lost to items that are protected under it meanwhile', async () => {
  for (let round = 0; round < 8; round += 1) {
    const vault = await aVault(door);
    const policy = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: RETENTION };
    await done(door('PUT', `vaults/${vault}/policies/p`, { body: policy }));
    const body = { workload: 'AzureVM', policy: 'p', sourceId: `/${vault}/i` };
    const [made, gone] = await Promise.all([
      door('PUT', `vaults/${vault}/items/i`, { body }),
      door('DELETE', `vaults/${vault}/policies/p`),
    ]);
    expect(['201 PolicyInUse', 'PolicyNotFound 204']).toContain(
      `${made.status === 201 ? 201 : made.body.error.code} ${gone.status === 204 ? 204 : gone.body.error.code}`,
    );
  }
});
