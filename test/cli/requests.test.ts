import { describe, expect, test } from 'vitest';
import { json, refusal, type } from './io.ts';

const HERE = 'http://127.0.0.1:7071/api';
const RESOLVE = ['orders', 'resolve', '--id', 'v~i~1', '--reason', 'r'];
const STOP = ['items', 'stop', '-v', 'contoso', '-i', 'sql-01'];

describe('a command is one request', () => {
  test.each([
    [['vaults'], 'GET', '/vaults?top=200', undefined],
    [['vaults', 'show', '-v', 'contoso'], 'GET', '/vaults/contoso', undefined],
    [
      ['items', 'list', '-v', 'contoso', '--state', 'SoftDeleted'],
      'GET',
      '/vaults/contoso/items?top=200&state=SoftDeleted',
      undefined,
    ],
    [['items', 'show', '-v', 'a b/c', '-i', '?x'], 'GET', '/vaults/a%20b%2Fc/items/%3Fx', undefined],
    [['items', 'explain', '-v', 'contoso', '-i', 'sql-01'], 'GET', '/vaults/contoso/items/sql-01/explain', undefined],
    [STOP, 'POST', '/vaults/contoso/items/sql-01/stop', { mode: 'retain' }],
    [[...STOP, '--retain-per-policy'], 'POST', '/vaults/contoso/items/sql-01/stop', { mode: 'retainPerPolicy' }],
    [
      [...STOP, '--delete', '--confirm-name', 'sql-01', '--reason', 'r', '--comment', 'c', '--cancel-active-job'],
      'POST',
      '/vaults/contoso/items/sql-01/stop',
      { mode: 'delete', confirmName: 'sql-01', reason: 'r', comment: 'c', cancelActiveJob: true },
    ],
    [['items', 'undelete', '-v', 'contoso', '-i', 'sql-01'], 'POST', '/vaults/contoso/items/sql-01/undelete', {}],
    [['vaults', 'undelete', '-v', 'contoso', '--all'], 'POST', '/vaults/contoso/undelete', { all: true }],
    [
      ['vaults', 'undelete', '-v', 'contoso', '--deleted-by', 'sam', '--from', 'T', '--to', 'U', '--dry-run'],
      'POST',
      '/vaults/contoso/undelete',
      { deletedBy: 'sam', from: 'T', to: 'U', dryRun: true },
    ],
    [['operation', 'show', '--id', 'contoso~a~b'], 'GET', '/operations/contoso~a~b', undefined],
    [['operation', 'results', '--id', 'contoso~a~b'], 'GET', '/operations/contoso~a~b/results?top=200', undefined],
    [['executors'], 'GET', '/executors?top=200', undefined],
    [['executors', 'show', '--executor', 'blobs'], 'GET', '/executors/blobs', undefined],
    [
      ['executors', 'set', '--executor', 'blobs', '--callers', 't/a,t/b', '--hours', '48', '--contacts', 'a@x.y'],
      'PUT',
      '/executors/blobs',
      {
        callers: [
          { tid: 't', oid: 'a' },
          { tid: 't', oid: 'b' },
        ],
        contacts: ['a@x.y'],
        confirmWithinHours: 48,
      },
    ],
    [['executors', 'delete', '--executor', 'blobs'], 'DELETE', '/executors/blobs', undefined],
    [
      ['vaults', 'executor', '-v', 'contoso', '--executor', 'blobs', '--parameters', '{"a":1}'],
      'PATCH',
      '/vaults/contoso',
      { purge: { executor: 'blobs', parameters: { a: 1 } } },
    ],
    [['vaults', 'executor', '-v', 'contoso', '--none'], 'PATCH', '/vaults/contoso', { purge: { executor: null } }],
    [['orders', '--executor', 'blobs'], 'GET', '/purgeOrders?top=200&executor=blobs', undefined],
    [
      ['orders', 'list', '-v', 'contoso', '--state', 'Blocked'],
      'GET',
      '/purgeOrders?top=200&vault=contoso&state=Blocked',
      undefined,
    ],
    [['orders', 'show', '--id', 'v~i~1'], 'GET', '/purgeOrders/v~i~1', undefined],
    [['orders', 'points', '--id', 'v~i~1'], 'GET', '/purgeOrders/v~i~1/recoveryPoints?top=200', undefined],
    [['orders', 'recall', '--id', 'v~i~1', '--reason', 'r'], 'POST', '/purgeOrders/v~i~1/recall', { reason: 'r' }],
    [
      ['orders', 'resolve', '--id', 'v~i~1', '--reason', 'r', '--retry'],
      'POST',
      '/purgeOrders/v~i~1/resolve',
      { outcome: 'retry', reason: 'r' },
    ],
    [
      ['orders', 'resolve', '--id', 'v~i~1', '--reason', 'r', '--abandoned', '--confirm-name', 'i'],
      'POST',
      '/purgeOrders/v~i~1/resolve',
      { outcome: 'abandoned', reason: 'r', confirmName: 'i' },
    ],
    [
      [
        ...['orders', 'resolve', '--id', 'v~i~1', '--reason', 'r', '--confirmed', '--confirm-name', 'i'],
        ...['--proof', '{"objects":12}'],
      ],
      'POST',
      '/purgeOrders/v~i~1/resolve',
      { outcome: 'confirmed', reason: 'r', confirmName: 'i', proof: { objects: 12 } },
    ],
    [['sweep'], 'POST', '/sweeps', { dryRun: false }],
    [
      ['items', 'resume', '-v', 'contoso', '-i', 'sql-01', '-p', 'daily', '--preview'],
      'POST',
      '/vaults/contoso/items/sql-01/resume?preview=true',
      { policy: 'daily' },
    ],
    [['sweep', '--dry-run'], 'POST', '/sweeps', { dryRun: true }],
    [['sweep', '--acknowledge-belt', 't'], 'POST', '/sweeps', { dryRun: false, acknowledgeBelt: 't' }],
    [['forecast', '--days', '14'], 'GET', '/forecast?days=14', undefined],
    [['alerts'], 'GET', '/alerts?top=200', undefined],
    [
      ['alerts', 'list', '-v', 'contoso', '--state', 'New'],
      'GET',
      '/vaults/contoso/alerts?top=200&state=New',
      undefined,
    ],
    [['deadletters', 'redrive', '--id', 'd-1'], 'POST', '/deadletters/d-1/redrive', {}],
    [['pause'], 'GET', '/pause', undefined],
    [['pause', '--until', 'T', '--reason', 'r'], 'PUT', '/pause', { reason: 'r', until: 'T' }],
    [['pause', '--end'], 'DELETE', '/pause', undefined],
    [['grants', '--guard', 'g', '--state', 'Live'], 'GET', '/guards/g/grants?top=200&state=Live', undefined],
    [
      [
        ...['grants', 'request', '--guard', 'g', '--vault', 'v', '--operation', 'deleteProtection', '--until', 'T'],
        ...['--item', 'a,b', '--uses', '2', '--reason', 'r'],
      ],
      'POST',
      '/guards/g/grants',
      { operation: 'deleteProtection', vault: 'v', expiresAt: 'T', items: ['a', 'b'], uses: 2, reason: 'r' },
    ],
    [
      ['grants', 'request', '--guard', 'g', '--operation', 'endPause', '--until', 'T', '--grantee', 'sam'],
      'POST',
      '/guards/g/grants',
      { operation: 'endPause', vault: null, expiresAt: 'T', grantee: 'sam' },
    ],
    [['grants', 'approve', '--guard', 'g', '--id', 'x'], 'POST', '/guards/g/grants/x/approve', {}],
    [
      ['grants', 'deny', '--guard', 'g', '--id', 'x', '--reason', 'r'],
      'POST',
      '/guards/g/grants/x/deny',
      { reason: 'r' },
    ],
    [['grants', 'revoke', '--guard', 'g', '--id', 'x'], 'DELETE', '/guards/g/grants/x', undefined],
    [['changes', '-v', 'c'], 'GET', '/vaults/c', undefined],
    [['changes', 'list', '--guard', 'g'], 'GET', '/guards/g', undefined],
    [['changes', 'approve', '--guard', 'g', '--id', 'x'], 'POST', '/guards/g/pendingChanges/x/approve', {}],
    [['changes', 'cancel', '--guard', 'g', '--id', 'x'], 'DELETE', '/guards/g/pendingChanges/x', undefined],
    [['changes', 'cancel', '-v', 'c', '--id', 'x'], 'DELETE', '/vaults/c/pendingChanges/x', undefined],
  ])('%j', async (line, method, path, body) => {
    const { code, sent, err } = await type(line);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(sent.map((one) => [one.method, one.url, one.body])).toEqual([[method, `${HERE}${path}`, body]]);
  });

  test('the security PIN comes from the environment, and only where it belongs', async () => {
    const env = { REPRIEVE_SECURITY_PIN: '12345678' };
    const stop = await type(STOP, { env });
    expect(stop.sent[0]?.headers.get('x-reprieve-security-pin')).toBe('12345678');
    const show = await type(['items', 'show', '-v', 'contoso', '-i', 'sql-01'], { env });
    expect(show.sent[0]?.headers.get('x-reprieve-security-pin')).toBeNull();
    const close = await type([...RESOLVE, '--abandoned', '--confirm-name', 'i'], { env });
    expect(close.sent[0]?.headers.get('x-reprieve-security-pin')).toBe('12345678');
    const retry = await type([...RESOLVE, '--retry'], { env });
    expect(retry.sent[0]?.headers.get('x-reprieve-security-pin')).toBeNull();
  });
});

describe('closing an order by hand', () => {
  test('asks a person for the name of the item', async () => {
    const { sent } = await type([...RESOLVE, '--abandoned'], { typed: ' i ', terminal: true });
    expect(sent[0]?.body).toEqual({ outcome: 'abandoned', reason: 'r', confirmName: 'i' });
  });

  test('shows the receipt', async () => {
    const receipt = {
      item: 'i',
      vault: 'v',
      executor: 'blobs',
      confirmed: false,
      attempts: 2,
      statement: 'All of it.',
    };
    const answer = () => json({ state: 'Purged', hash: 'h', receipt });
    const { out } = await type([...RESOLVE, '--abandoned', '--confirm-name', 'i'], { answer });
    for (const line of ['Executor\tblobs', 'Confirmed\tnever', 'Attempts\t2', 'Statement\tAll of it.', 'Hash\th'])
      expect(out).toContain(`${line}\n`);
  });

  test('shows the order that is tried again', async () => {
    const order = { order: 'v~i~1', state: 'Open', executor: 'blobs', untouched: false };
    const { out } = await type([...RESOLVE, '--retry'], { answer: () => json(order) });
    for (const line of ['State\tOpen', 'Executor\tblobs', 'Destroyed\tperhaps something'])
      expect(out).toContain(`${line}\n`);
  });
});

describe('deleting', () => {
  const DELETE = [...STOP, '--delete'];

  test('where soft delete does not apply says who is asked to destroy it', async () => {
    const purgeOrder = { order: 'v~i~1', state: 'Open', executor: 'blobs' };
    const item = { name: 'sql-01', vault: 'contoso', state: 'Purging', softDeleteApplied: false, purgeOrder };
    const line = [...STOP, '--delete', '--confirm-name', 'sql-01'];
    const { out, err } = await type(line, { terminal: true, answer: () => json(item) });
    expect(out).toMatch(/Executor.* blobs/);
    expect(err).toContain('orders show --id v~i~1');
    expect(err).not.toContain('gone for good');
  });

  test('asks a person for the name once more', async () => {
    const { code, sent } = await type(DELETE, { typed: ' sql-01 ', terminal: true });
    expect(code).toBe(0);
    expect(sent[0]?.body).toEqual({ mode: 'delete', confirmName: 'sql-01' });
  });

  test.each([
    ['another name is typed', 'SQL-01', 'That is another name. Nothing was changed.'],
    ['nobody is there', undefined, 'give --confirm-name'],
  ])('changes nothing when %s', async (_, typed, said) => {
    const { code, sent, err } = await type(DELETE, typed === undefined ? {} : { typed });
    expect({ code, sent }).toEqual({ code: 2, sent: [] });
    expect(err).toContain(said);
  });
});

describe('a list', () => {
  const pages = (path: string, { url }: { url: string }) => {
    const { searchParams } = new URL(url);
    if (searchParams.get('after') === '1') return json({ value: [{ name: 'two' }] });
    return json({ value: [{ name: 'one' }], nextLink: `https://inner.example/api/${path}?after=1` });
  };

  test('is followed to its end, at the host that was asked', async () => {
    const { out, sent } = await type(['vaults', '--url', 'https://outer.example/reprieve', '--json'], {
      env: { REPRIEVE_TOKEN: 'secret' },
      answer: pages,
    });
    expect(JSON.parse(out)).toEqual([{ name: 'one' }, { name: 'two' }]);
    expect(sent.map(({ url }) => url)).toEqual([
      'https://outer.example/reprieve/api/vaults?top=200',
      'https://outer.example/reprieve/api/vaults?after=1',
    ]);
  });

  test('that points at itself ends', async () => {
    const { code, sent } = await type(['vaults'], { answer: (_, { url }) => json({ value: [], nextLink: url }) });
    expect({ code, requests: sent.length }).toEqual({ code: 0, requests: 1 });
  });
});

describe('a dead letter that somebody else re-drove meanwhile', () => {
  const gone = refusal(404, 'DeadLetterNotFound', 'There is no dead letter a.');
  const answer = (path: string) => {
    if (path === 'deadletters') return json({ value: [{ id: 'a' }, { id: 'b' }] });
    return path.startsWith('deadletters/a/') ? gone.clone() : json({ id: 'b', recipient: 'ops@contoso.com' }, 202);
  };

  test('is passed over among all', async () => {
    const { code, out } = await type(['deadletters', 'redrive', '--all', '--json'], { answer });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual([{ id: 'b', recipient: 'ops@contoso.com' }]);
  });

  test('is a refusal for who asked for it', async () => {
    const { code, err } = await type(['deadletters', 'redrive', '--id', 'a'], { answer });
    expect(code).toBe(1);
    expect(err).toContain('There is no dead letter a.');
  });
});

test('that nothing is paused is an answer, not a refusal', async () => {
  const answer = () => refusal(404, 'PauseNotFound', 'Purging is not paused.');
  expect(await type(['pause'], { answer })).toMatchObject({ code: 0, out: 'Paused\tno\n', err: '' });
  expect(await type(['pause', '--json'], { answer })).toMatchObject({ code: 0, out: 'null\n' });
  expect(await type(['pause', '--until', 'T', '--reason', 'r'], { answer })).toMatchObject({ code: 1, out: '' });
});

describe('an operation', () => {
  const told = { kind: 'RehintPolicy', vault: 'contoso', subject: 'daily', startedBy: null, error: null };
  const running = {
    ...told,
    status: 'Running',
    done: 0,
    failed: 0,
    total: 3,
    startedAt: '2026-11-21T09:30:00.000Z',
    endedAt: null,
  };
  const ended = { ...running, status: 'Succeeded', done: 3, endedAt: '2026-11-21T09:31:00.000Z' };
  const line = ['operation', 'show', '--id', 'contoso~a~b'];

  test('is shown as far as it is, with a word on how to wait for it', async () => {
    const { code, out, err } = await type(line, {
      terminal: true,
      answer: () => json(running, 200, { 'retry-after': '1' }),
    });
    expect(code).toBe(0);
    expect(out).toContain('0 of 3');
    expect(out + err).toContain('--wait');
  });

  test('is waited for until it has ended', async () => {
    let asked = 0;
    const answer = () => {
      asked += 1;
      return json(asked < 3 ? running : ended);
    };
    const { code, out, err } = await type([...line, '--wait'], { terminal: true, answer });
    expect({ code, asked }).toEqual({ code: 0, asked: 3 });
    expect(out).toContain('Succeeded');
    expect(out + err).not.toContain('--wait');
  });

  describe('that undeletes many', () => {
    const undelete = ['vaults', 'undelete', '-v', 'contoso', '--all'];
    const location = { 'operation-location': 'http://127.0.0.1:7071/api/operations/contoso~a~b' };
    const begun = () => json({ operation: 'contoso~a~b', results: [] }, 202, location);
    const results = [
      { item: 'sql-01', outcome: 'Undeleted' },
      { item: 'web-02', outcome: 'Refused', code: 'UndeleteWindowClosed' },
    ];

    test('is named, with a word on how to see what comes of it', async () => {
      const { code, out, err, sent } = await type(undelete, { terminal: true, answer: begun });
      expect([code, sent.length]).toEqual([0, 1]);
      expect(out).toContain('contoso~a~b');
      expect(out + err).not.toContain('No item fits');
      expect(err).toContain('operation show --id contoso~a~b --wait');
      expect(err).toContain('operation results --id contoso~a~b');
    });

    test('is waited for, and then the outcome of each item is shown', async () => {
      const state = [running, running, ended];
      const answer = (path: string) => {
        if (path.endsWith('/undelete')) return begun();
        return json(path.endsWith('/results') ? { value: results } : state.shift());
      };
      const { code, out, sent } = await type([...undelete, '--wait'], { terminal: true, answer });
      expect(code).toBe(0);
      for (const text of ['sql-01', 'Undeleted', 'web-02', 'UndeleteWindowClosed']) expect(out).toContain(text);
      expect(sent.map(({ method, url }) => `${method} ${url.split('/api/')[1]}`)).toEqual([
        'POST vaults/contoso/undelete',
        ...Array.from({ length: 3 }, () => 'GET operations/contoso~a~b'),
        'GET operations/contoso~a~b/results?top=200',
      ]);
    });

    test('is none where the answer has them all: nobody waits', async () => {
      const answer = () => json({ results });
      const { code, out, sent } = await type([...undelete, '--wait'], { terminal: true, answer });
      expect([code, sent.length]).toEqual([0, 1]);
      expect(out).toContain('sql-01');
    });

    test('has its results listed', async () => {
      const line = ['operation', 'results', '--id', 'contoso~a~b'];
      const { out } = await type(line, { answer: () => json({ value: results }) });
      expect(out).toBe('sql-01\tUndeleted\t\nweb-02\tRefused\tUndeleteWindowClosed\n');
    });
  });

  test('that is not there is a refusal, also for who waits', async () => {
    const answer = () => refusal(404, 'OperationNotFound', 'There is no operation contoso~a~b.');
    const { code, err, sent } = await type([...line, '--wait'], { answer });
    expect(code).not.toBe(0);
    expect(err).toContain('OperationNotFound');
    expect(sent).toHaveLength(1);
  });
});
