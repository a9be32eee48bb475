import { describe, expect, test } from 'vitest';
import { json, refusal, type } from './io.ts';

const ESCAPE = '\u001b';
const HOSTILE = `a${ESCAPE}[31mb${ESCAPE}]0;title\u0007c\u009b2Jd\u202ee\u061cf\r\n\tg`;
const STEERING = /[\p{Cc}\p{Bidi_Control}]/u;

const ITEM = {
  name: 'sql-01',
  vault: 'contoso',
  state: 'SoftDeleted',
  workload: 'AzureVM',
  policy: null,
  previousPolicy: 'daily',
  recoveryPoints: { count: 0 },
  softDelete: { purgeAt: '2026-12-05T14:41:14.695Z', daysLeft: 14, reason: 'cost' },
};
const LIST = ['items', 'list', '-v', 'contoso'];
const SHOW = ['items', 'show', '-v', 'contoso', '-i', 'sql-01'];
const one = () => json({ value: [ITEM] });

describe('a table', () => {
  test('has titles and colours for a person', async () => {
    const { out } = await type(LIST, { terminal: true, answer: one });
    expect(out).toContain(`${ESCAPE}[1mName${ESCAPE}[0m`);
    expect(out).toContain(`${ESCAPE}[31mSoftDeleted${ESCAPE}[0m`);
    expect(out).toContain('2026-12-05 14:41Z');
  });

  test.each([
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['a dumb terminal', { TERM: 'dumb' }],
  ])('has no colours with %s, and columns stand below their titles', async (_, env) => {
    const { out } = await type(LIST, { terminal: true, env, answer: one });
    expect(out).not.toContain(ESCAPE);
    const [titles = '', row = ''] = out.split('\n');
    expect(row.indexOf('SoftDeleted')).toBe(titles.indexOf('State'));
  });

  test('is bare for a program: tabs between, an empty cell stays one', async () => {
    const { out, err } = await type(LIST, { answer: one });
    expect(out).toBe('sql-01\tAzureVM\tSoftDeleted\t\t0\t14\t2026-12-05 14:41Z\n');
    expect(err).toBe('');
  });

  test('without rows is a sentence for a person, and nothing for a program', async () => {
    expect(await type(LIST, { terminal: true })).toMatchObject({ out: '', err: 'There are no such items.\n' });
    expect(await type(LIST)).toMatchObject({ out: '', err: '' });
  });
});

describe('facts', () => {
  test('leave out what is not there', async () => {
    const { out } = await type(SHOW, { answer: () => json(ITEM) });
    expect(out).toContain('Last policy\tdaily\n');
    expect(out).not.toMatch(/^(Policy|Server|Holds)\t/m);
  });

  test('say to a person what comes next, beside the answer', async () => {
    const line = ['items', 'stop', '-v', 'contoso', '-i', 'sql-01'];
    const answer = () => json(ITEM);
    const next = 'To bring it back: npx reprieve items undelete --vault contoso --item sql-01';
    expect((await type(line, { terminal: true, answer })).err).toContain(next);
    expect((await type(line, { answer })).err).toBe('');
  });
});

describe('what others wrote cannot steer the terminal', () => {
  const hostile = { ...ITEM, softDelete: { ...ITEM.softDelete, reason: HOSTILE, deletedBy: HOSTILE } };

  test.each([true, false])('in facts, terminal %s', async (terminal) => {
    const { out } = await type(SHOW, { terminal, env: { NO_COLOR: '1' }, answer: () => json(hostile) });
    expect(out).toContain('Reason');
    expect(out.replaceAll('\n', '').replaceAll('\t', '')).not.toMatch(STEERING);
    expect(out.split('\n').filter((line) => /^Reason/.test(line))).toHaveLength(1);
  });

  test('in JSON, where nothing is lost either', async () => {
    const { out } = await type([...SHOW, '--json'], { answer: () => json(hostile) });
    expect(out.replaceAll('\n', '')).not.toMatch(STEERING);
    expect(JSON.parse(out)).toEqual(hostile);
  });

  test('in troubles', async () => {
    const answer = () => refusal(400, `Bad${ESCAPE}[2J`, HOSTILE, { details: [{ target: HOSTILE, message: HOSTILE }] });
    const { err } = await type(SHOW, { answer });
    expect(err.replaceAll('\n', '')).not.toMatch(STEERING);
    expect(err.split('\n')).toHaveLength(4);
  });
});

describe('a refusal ends with 1', () => {
  test('in the words of the service, with its details, its code and request id, and what can be done here', async () => {
    const answer = () =>
      refusal(409, 'ItemSoftDeleted', 'It is in the trash.', { details: [{ target: '$.policy', message: 'why' }] });
    const { code, out, err } = await type(SHOW, { answer });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(
      [
        'ERROR: It is in the trash.',
        '  $.policy why',
        'Code: ItemSoftDeleted   Request id: req-1',
        'Bring it back first: npx reprieve items undelete --vault <vault> --item <item>\n',
      ].join('\n'),
    );
  });

  test('says when to try again', async () => {
    const answer = () => json({ error: { code: 'Busy', message: 'Busy.' } }, 503, { 'retry-after': '7' });
    expect((await type(SHOW, { answer })).err).toContain('Repeating is safe. Try again in 7 seconds.');
  });

  test('is JSON when asked to, beside an empty answer', async () => {
    const answer = () => refusal(404, 'ItemNotFound', 'There is none.', { innererror: { hint: 'x' } });
    const { code, out, err } = await type([...SHOW, '--json'], { answer });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(JSON.parse(err)).toEqual({
      error: {
        code: 'ItemNotFound',
        message: 'There is none.',
        innererror: { hint: 'x' },
        status: 404,
        requestId: 'req-1',
      },
    });
  });
});

describe('reports', () => {
  test('a held sweep shows its token, and a person how to release it', async () => {
    const answer = () =>
      json({ dryRun: true, complete: true, due: 2, items: [], held: { reason: 'Belt', token: 'tok' } });
    const { out, err } = await type(['sweep', '--dry-run'], { terminal: true, env: { NO_COLOR: '1' }, answer });
    expect(out).toContain('tok');
    expect(err).toContain('npx reprieve sweep --acknowledge-belt tok');
  });

  test('a forecast is one row an item', async () => {
    const items = [{ vault: 'contoso', item: 'sql-01', purgeAt: '2026-12-05T14:41:14.695Z' }];
    const answer = () =>
      json({
        days: [
          { date: '2026-12-04', items: [] },
          { date: '2026-12-05', items },
        ],
      });
    expect((await type(['forecast'], { answer })).out).toBe('2026-12-05\tcontoso\tsql-01\t2026-12-05 14:41Z\n');
  });

  test('a forecast that comes in several answers is one, and says how many more there are', async () => {
    const item = (name: string) => ({ vault: 'contoso', item: name, purgeAt: '2026-12-05T14:41:14.695Z' });
    const answers = [
      {
        days: [{ date: '2026-12-05', count: 3, items: [item('sql-01')] }],
        nextLink: 'http://any/api/forecast?continuation=x',
      },
      { days: [{ date: '2026-12-05', count: 1, items: [item('sql-02')] }] },
    ];
    let asked = 0;
    const answer = () => json(answers[asked++]);
    const { out, err } = await type(['forecast'], { terminal: true, env: { NO_COLOR: '1' }, answer });
    expect(out).toMatch(/sql-01[\s\S]*sql-02/);
    expect(err).toContain('On 2026-12-05 2 more are purged.');
  });

  test('an alert counts its mails', async () => {
    const notifications = [{ status: 'Sent' }, { status: 'Failed' }, { status: 'Sent' }];
    const answer = () => json({ value: [{ type: 'PurgeStuck', vault: null, notifications }] });
    expect((await type(['alerts'], { answer })).out).toBe('\t\tPurgeStuck\t\t\t\tSent 2, Failed 1\n');
  });

  test('a resume says what was cleaned up', async () => {
    const answer = () => json({ ...ITEM, state: 'Protected', recoveryPointsRemoved: ['old', 'older'] });
    const line = ['items', 'resume', '-v', 'contoso', '-i', 'sql-01', '-p', 'daily'];
    expect((await type(line, { answer })).out).toContain('Cleaned up\told, older\n');
  });
});

test('a dry run of the undelete of many says that there are more', async () => {
  const answer = () => json({ results: [{ item: 'sql-01', outcome: 'WouldUndelete' }], more: true });
  const { out, err } = await type(['vaults', 'undelete', '-v', 'contoso', '--all', '--dry-run'], {
    terminal: true,
    answer,
  });
  expect(out).toContain('WouldUndelete');
  expect(err).toContain('There are more, or may be; a dry run shows the first of them.');
});
