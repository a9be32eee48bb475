/** What the port of the mailer promises: the fake of the tests, and the real SDK against the stand-in. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { freePorts } from '../../local/ports.ts';
import { operationIdOf } from '../../src/flows/story/addressing.ts';
import { communicationMailer } from '../../src/mail/communication.ts';
import type { Mail } from '../../src/ports/alerts.ts';
import { fakeMail, type MailFault, type MailWorld, standInMail } from './service.ts';

const MAKERS = [
  ['the fake', async () => fakeMail()],
  ['Communication Services over the stand-in', standInMail],
] as const;

let made = 0;
const aMail = (): Mail => {
  made += 1;
  const operationId = operationIdOf(`contract-${made}`, 'ada@example.org');
  return { operationId, to: 'ada@example.org', subject: `Mail ${made}`, text: 'Text', html: '<p>Text</p>' };
};

describe.each(MAKERS)('%s', (_, make) => {
  let world: MailWorld;
  beforeAll(async () => {
    world = await make();
  });
  afterAll(() => world.stop());
  beforeEach(async () => {
    await world.fault({ mode: 'none' });
    await world.limit(null, Date.UTC(2026, 2, 1, 12));
  });

  const arrivals = async ({ operationId }: Mail) =>
    (await world.inbox()).filter((one) => one.operationId === operationId).length;

  test('an accepted mail arrives', async () => {
    const mail = aMail();
    expect(await world.mailer.send(mail)).toEqual({ sent: true });
    expect((await world.inbox()).find(({ operationId }) => operationId === mail.operationId)).toMatchObject({
      to: mail.to,
      subject: mail.subject,
      text: mail.text,
    });
  });

  test('the same operation id again is accepted, and no second mail', async () => {
    const mail = aMail();
    expect(await world.mailer.send(mail)).toEqual({ sent: true });
    expect(await world.mailer.send({ ...mail, operationId: mail.operationId.toUpperCase().toLowerCase() })).toEqual({
      sent: true,
    });
    expect(await arrivals(mail)).toBe(1);
  });

  const REFUSALS: readonly (readonly [MailFault, object])[] = [
    [
      { mode: 'throttle', retryAfterSeconds: 42 },
      { permanent: false, retryAfterSeconds: 42, code: 'TooManyRequests' },
    ],
    [{ mode: 'error' }, { permanent: false, retryAfterSeconds: undefined, code: 'InternalServerError' }],
    [
      { mode: 'error', retryAfterSeconds: 7 },
      { permanent: false, retryAfterSeconds: 7 },
    ],
    [{ mode: 'reject' }, { permanent: true, retryAfterSeconds: undefined, code: 'Rejected' }],
  ];
  test.each(REFUSALS)('%j', async (fault, answer) => {
    const mail = aMail();
    await world.fault(fault);
    expect(await world.mailer.send(mail)).toMatchObject({ sent: false, ...answer });
    expect(await arrivals(mail)).toBe(0);
    await world.fault({ mode: 'none' });
    expect(await world.mailer.send(mail)).toEqual({ sent: true });
    expect(await arrivals(mail)).toBe(1);
  });

  test('a connection that breaks after the acceptance is not sent, and not for good', async () => {
    const mail = aMail();
    await world.fault({ mode: 'drop', count: 1 });
    expect(await world.mailer.send(mail)).toMatchObject({
      sent: false,
      permanent: false,
      retryAfterSeconds: undefined,
    });
    expect(await arrivals(mail)).toBe(1);
    expect(await world.mailer.send(mail)).toEqual({ sent: true });
    expect(await arrivals(mail)).toBe(1);
  });

  test('what fails after the acceptance was accepted', async () => {
    const mail = aMail();
    await world.fault({ mode: 'failLater', count: 1 });
    expect(await world.mailer.send(mail)).toEqual({ sent: true });
    expect(await arrivals(mail)).toBe(0);
  });

  test('nobody there is not sent, and not for good', async () => {
    world.down(true);
    const answer = await world.mailer.send(aMail());
    world.down(false);
    expect(answer).toMatchObject({ sent: false, permanent: false, retryAfterSeconds: undefined });
  });

  test('more than the limit are sent away until a minute is over by the clock of the service', async () => {
    const start = Date.UTC(2026, 2, 1, 13);
    await world.limit(2, start);
    const [one, two, three] = [aMail(), aMail(), aMail()];
    expect(await world.mailer.send(one)).toEqual({ sent: true });
    await world.limit(2, start + 20_000);
    expect(await world.mailer.send(two)).toEqual({ sent: true });
    expect(await world.mailer.send(three)).toMatchObject({ sent: false, permanent: false, retryAfterSeconds: 40 });
    await world.limit(2, start + 60_000);
    expect(await world.mailer.send(three)).toEqual({ sent: true });
  });

  test.each<MailFault>([
    { mode: 'none' },
    { mode: 'throttle', retryAfterSeconds: 0 },
    { mode: 'error', retryAfterSeconds: 0 },
    { mode: 'error' },
    { mode: 'drop' },
    { mode: 'reject' },
  ])('one request for one send: %j', async (fault) => {
    await world.fault(fault);
    const before = world.requests();
    await world.mailer.send(aMail());
    expect(world.requests() - before).toBe(1);
  });
});

describe('what is no answer of the mail service', () => {
  const mailer = (error: Error) =>
    communicationMailer({ sender: 'a@b.example', endpoint: 'https://127.0.0.1:9' }, () => ({
      getToken: () => Promise.reject(error),
    }));

  test('an identity that cannot be had at this moment is no refusal, whatever number it carries', async () => {
    const error = Object.assign(new Error('no token\nsecond line'), { name: 'AuthenticationError', statusCode: 400 });
    expect(await mailer(error).send(aMail())).toMatchObject({ sent: false, permanent: false, reason: 'no token' });
  });

  test('no answer within ten seconds is a mail that may be tried again', async () => {
    const over = new AbortController();
    over.abort();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(over.signal);
    const key = Buffer.from('key').toString('base64');
    const slow = communicationMailer(
      { sender: 'a@b.c', connectionString: `endpoint=https://127.0.0.1:9/;accesskey=${key}` },
      () => {
        throw new Error('nobody asks');
      },
    );
    expect(await slow.send(aMail())).toMatchObject({ sent: false, permanent: false });
    expect(timeout).toHaveBeenCalledExactlyOnceWith(10_000);
    timeout.mockRestore();
  });

  test('settings with which no client can be made are an answer too', async () => {
    const none = communicationMailer({ sender: 'a@b.example', connectionString: 'nonsense' }, () => {
      throw new Error('nobody asks');
    });
    expect(await none.send(aMail())).toMatchObject({ sent: false, permanent: false });
  });
});

test('nobody who listens, and nobody who is named: the codes by which a local run knows that no mail service is there', async () => {
  const credential = () => Promise.reject(new Error('nobody asks for it')) as never;
  const [port = 0] = await freePorts(1);
  const key = Buffer.from('key').toString('base64');
  const connectionString = `endpoint=http://127.0.0.1:${port}/;accesskey=${key}`;
  const send = (config: object) => communicationMailer({ sender: 'a@b.c', ...config }, credential).send(aMail());
  expect(await send({ connectionString })).toMatchObject({ sent: false, permanent: false, code: 'ECONNREFUSED' });
  expect(await send({})).toMatchObject({ sent: false, permanent: false, code: 'NoMailService' });
});
