import { beforeEach, describe, expect, test } from 'vitest';
import { addressees } from '../../../src/core/addressees.ts';
import { ALERT_TYPES } from '../../../src/core/alertTypes.ts';
import { iso } from '../../../src/core/time.ts';
import { type Answer, anAlert, aWorld, type World, withItsChange } from '../../support/alerts.ts';
import { aVault, later } from '../../support/builders.ts';
import { headOf } from '../../support/world.ts';

const span = (from: number, until: number, millis = 0) => ({
  from: iso(later(from)),
  until: iso(later(until, millis)),
});
const QUIET = { ...span(0, 7), reason: 'restore test' };
const PATH = 'Contoso/Quiet';

let world: World;
beforeEach(async () => {
  world = await aWorld();
});

const code = ({ status, body }: Answer) => [status, body?.error?.code];
const put = (body: object, path = PATH, headers = {}) => world.ask('putSilence', path, { body, headers });
const told = async () => (await world.history(null)).filter((operation) => operation.endsWith('Silence')).toSorted();

describe('a silence', () => {
  test('is made, read, changed and removed', async () => {
    const made = await put(QUIET);
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'Quiet', ...QUIET, types: null, items: null, by: 'somebody', etag: made.headers['etag'] },
    });
    expect((await world.ask('getSilence', 'contoso/QUIET')).body).toEqual(made.body);
    const changed = await put({ ...QUIET, types: ['PurgeComplete'], items: ['sql-01'] }, 'contoso/quiet');
    expect(changed).toMatchObject({
      status: 200,
      body: { name: 'Quiet', types: ['PurgeComplete'], items: ['sql-01'] },
    });
    expect(changed.body.etag).not.toBe(made.body.etag);
    expect((await world.ask('listSilences', 'Contoso')).body).toEqual({ value: [changed.body] });
    expect(await world.ask('deleteSilence', PATH)).toMatchObject({ status: 204, body: undefined });
    for (const route of ['getSilence', 'deleteSilence'])
      expect(code(await world.ask(route, PATH))).toEqual([404, 'SilenceNotFound']);
    expect(await told()).toEqual(['PutSilence', 'PutSilence', 'RemoveSilence']);
  });

  test('put again as it is stays as it is, and leaves no trace', async () => {
    const made = await put(QUIET);
    expect(await put({ ...QUIET, types: null })).toMatchObject({ status: 200, body: made.body });
    expect(await told()).toEqual(['PutSilence']);
  });

  test('is what keeps mails back, and does not move the vault’s etag', async () => {
    const { etag } = (await headOf(world.ports.vaults)).vault;
    await put({ ...QUIET, types: ['PurgeComplete'] });
    const { vault } = await headOf(world.ports.vaults);
    expect(vault.etag).toBe(etag);
    const alerts = { ...aVault().alerts, recipients: ['ops@contoso.com'] };
    const silenced = (type: 'PurgeComplete' | 'UpcomingPurge', days: number) =>
      addressees(anAlert(type, {}, { firedAt: later(days) }), { vault: { ...vault, alerts }, operators: [] }).map(
        (one) => one.silenced,
      );
    expect([silenced('PurgeComplete', 0), silenced('PurgeComplete', 7)]).toEqual([[true], [false]]);
    expect(silenced('UpcomingPurge', 1)).toEqual([false]);
  });

  test('of a vault that is not there is 404', async () => {
    expect(code(await put(QUIET, 'Nowhere/quiet'))).toEqual([404, 'VaultNotFound']);
    for (const route of ['getSilence', 'deleteSilence', 'listSilences'])
      expect(code(await world.ask(route, 'Nowhere/quiet'))).toEqual([404, 'VaultNotFound']);
  });
});

describe('security', () => {
  test('is no type that a silence can be about', async () => {
    for (const type of ALERT_TYPES)
      expect([type, (await put({ ...QUIET, types: [type] }, `Contoso/${type}`)).status]).toEqual([
        type,
        CAN_BE_SILENCED.includes(type) ? 201 : 400,
      ]);
  });

  test('is told whatever a silence without types says', async () => {
    await put({ ...QUIET, types: null });
    const { vault } = await headOf(world.ports.vaults);
    const alerts = { ...aVault().alerts, recipients: ['ops@contoso.com'], owners: ['boss@contoso.com'] };
    const silenced = ALERT_TYPES.filter((type) =>
      addressees(anAlert(type, { item: 'sql-01' }), { vault: { ...vault, alerts }, operators: [] }).some(
        (one) => one.silenced,
      ),
    );
    expect(silenced.toSorted()).toEqual([...CAN_BE_SILENCED].toSorted());
  });

  test('and what happened before a silence was made it does not reach, however early it begins', async () => {
    await put({ ...QUIET, from: iso(later(-3)), types: null });
    const { vault } = await headOf(world.ports.vaults);
    const alerts = { ...aVault().alerts, recipients: ['ops@contoso.com'] };
    const of = (millis: number) =>
      addressees(anAlert('PurgeComplete', {}, { firedAt: later(0, millis) }), {
        vault: { ...vault, alerts },
        operators: [],
      }).map(({ silenced }) => silenced);
    expect([of(-1), of(0)]).toEqual([[false], [true]]);
  });
});

/** The list of the contract, by hand. */
const CAN_BE_SILENCED: readonly string[] = [
  ...['DeleteBackupData', 'PurgeComplete', 'ItemUndeleted', 'ItemResumed', 'PurgeFailed', 'PurgeStuck'],
  ...['DeliveryFailed', 'BackupFailure', 'RestoreFailure'],
];

describe('a span', () => {
  test.for([
    [span(0, 30), 201],
    [span(-20, 10), 201],
    [span(100, 130), 201],
    [span(0, 0, 1), 201],
    [span(0, 30, 1), 400],
    [span(1, 1), 400],
    [span(2, 1), 400],
    [span(-2, -1), 400],
    [span(-1, 0), 400],
  ] as const)('%j: %i', async ([given, status]) => {
    const answer = await put({ ...QUIET, ...given });
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.body.error.details).toMatchObject([{ target: '$.until' }]);
  });
});

test.for([
  [{ reason: undefined }, '$.reason'],
  [{ reason: '' }, '$.reason'],
  [{ reason: 'x'.repeat(201) }, '$.reason'],
  [{ from: undefined }, '$.from'],
  [{ until: 'tomorrow' }, '$.until'],
  [{ until: '2026-03-05T00:00:00+02:00' }, '$.until'],
  [{ types: ['Nonsense'] }, '$.types[0]'],
  [{ types: ['PurgeComplete', 'Digest'] }, '$.types[1]'],
  [{ types: [] }, '$.types'],
  [{ items: ['a/b'] }, '$.items[0]'],
  [{ items: Array.from({ length: 51 }, (_, at) => `i${at}`) }, '$.items'],
  [{ by: 'me' }, '$.by'],
] as const)('%j is refused', async ([over, target]) => {
  const answer = await put({ ...QUIET, ...over });
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'InvalidRequest', details: [{ target }] } } });
});

describe('many silences', () => {
  test('are fifty at most; what is over makes room and is shown no longer', async () => {
    for (let at = 0; at < 50; at += 1)
      expect((await put({ ...QUIET, ...span(0, 1) }, `Contoso/s${at}`)).status).toBe(201);
    expect(await put(QUIET)).toMatchObject({
      status: 409,
      body: {
        error: {
          code: 'LimitReached',
          message: `A vault can have 50 silences at most. There is room again from ${iso(later(1))} on. Remove one first.`,
          innererror: { limit: 50, until: iso(later(1)) },
        },
      },
    });
    expect((await put({ ...QUIET, reason: 'another' }, 'Contoso/s7')).status).toBe(200);
    const tomorrow = await aWorld({ ...world.ports, clock: { now: () => later(1) } });
    expect(
      (await tomorrow.ask('listSilences', 'Contoso')).body.value.map(({ name }: { name: string }) => name),
    ).toEqual(['s7']);
    expect(code(await tomorrow.ask('getSilence', 'Contoso/s8'))).toEqual([404, 'SilenceNotFound']);
    expect(await tomorrow.ask('putSilence', PATH, { body: QUIET })).toMatchObject({ status: 201 });
    expect((await headOf(world.ports.vaults)).vault.silences.map(({ name }) => name)).toEqual(['Quiet', 's7']);
  });

  test('are listed in pages', async () => {
    for (const name of ['c', 'A', 'b', 'd']) await put(QUIET, `Contoso/${name}`);
    const first = await world.ask('listSilences', 'Contoso', { query: 'top=3' });
    const query = new URL(first.body.nextLink).search.slice(1);
    const second = await world.ask('listSilences', 'Contoso', { query });
    const names = [first, second].flatMap(({ body }) => body.value.map(({ name }: { name: string }) => name));
    expect([names, second.body.nextLink]).toEqual([['A', 'b', 'c', 'd'], undefined]);
  });
});

describe('If-Match and Idempotency-Key', () => {
  test('a stale etag changes and removes nothing; the current one does', async () => {
    const { body } = await put(QUIET);
    const stale = { 'if-match': '"stale"' };
    expect(code(await put({ ...QUIET, reason: 'x' }, PATH, stale))).toEqual([412, 'PreconditionFailed']);
    expect(code(await world.ask('deleteSilence', PATH, { headers: stale }))).toEqual([412, 'PreconditionFailed']);
    expect(code(await put(QUIET, 'Contoso/new', { 'if-match': '*' }))).toEqual([412, 'PreconditionFailed']);
    expect((await world.ask('getSilence', PATH)).body).toEqual(body);
    expect((await world.ask('deleteSilence', PATH, { headers: { 'if-match': body.etag } })).status).toBe(204);
  });

  test('the same key acts once', async () => {
    const headers = { 'idempotency-key': 'k' };
    const first = await put(QUIET, PATH, headers);
    const again = await put(QUIET, PATH, headers);
    expect([again.status, again.body, again.headers['idempotency-replayed']]).toEqual([201, first.body, 'true']);
    for (let round = 0; round < 2; round += 1)
      expect((await world.ask('deleteSilence', PATH, { headers })).status).toBe(204);
  });

  test('the answer is kept in the transaction that makes it, or removes it', async () => {
    const late = await aWorld({ ...world.ports, commit: withItsChange(world.ports.commit) });
    for (const [route, status] of [
      ['putSilence', 201],
      ['deleteSilence', 204],
    ] as const)
      for (let round = 0; round < 2; round += 1) {
        const headers = { 'idempotency-key': 'k' };
        expect((await late.ask(route, PATH, { body: QUIET, headers })).status).toBe(status);
      }
  });

  test('two put at once are both there', async () => {
    const answers = await Promise.all(['a', 'b', 'c'].map((name) => put(QUIET, `Contoso/${name}`)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect((await headOf(world.ports.vaults)).vault.silences).toHaveLength(3);
  });
});
