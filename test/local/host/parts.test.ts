import { describe, expect, test } from 'vitest';
import { readHostJson } from '../../../local/host/hostJson.ts';
import { type BackOff, backOff, START } from '../../../local/host/queues/listener.ts';
import { decodeMessage, messageData } from '../../../local/host/queues/message.ts';
import { contentsOf } from '../../../local/host/queues/outputs.ts';
import { connectionOf, isDisabled, resolveSettings } from '../../../local/host/settings.ts';
import { endOrderly } from '../../../local/host/shutdown.ts';
import { pause, work } from '../../../local/host/work.ts';
import { functionApp } from './support/app.ts';

describe('settings', () => {
  test('%NAME% is replaced wherever it stands; the first missing one is named', () => {
    const env = { A: '1', B: '%A%', EMPTY: '' };
    expect(resolveSettings('x-%A%-%B%%EMPTY%', env)).toEqual({ value: 'x-1-%A%' });
    expect(resolveSettings('100%', env)).toEqual({ value: '100%' });
    expect(resolveSettings('%A%-%C%-%D%', env)).toEqual({ missing: 'C' });
  });

  test.each(['true', '1', 'True'])('AzureWebJobs.sweep.Disabled=%s disables a function', (value) =>
    expect(isDisabled('sweep', { 'AzureWebJobs.sweep.Disabled': value })).toBe(true),
  );

  test.each([
    ['AzureWebJobs.sweep.Disabled', 'false'],
    ['AzureWebJobs.sweep.Disabled', ''],
    ['AzureWebJobs.sweeper.Disabled', 'true'],
  ])('%s=%s does not', (name, value) => expect(isDisabled('sweep', { [name]: value })).toBe(false));

  test('a connection is looked up as WebJobs does, and defaults to AzureWebJobsStorage', () => {
    const env = { AzureWebJobsStorage: 'a', AzureWebJobsDATA: 'b', DATA: 'c', OTHER: 'd' };
    expect(connectionOf(undefined, env)).toMatchObject({ text: 'a' });
    expect(connectionOf('Storage', env)).toMatchObject({ text: 'a' });
    expect(connectionOf('DATA', env)).toMatchObject({ text: 'b' });
    expect(connectionOf('OTHER', env)).toMatchObject({ text: 'd' });
    expect(connectionOf('NONE', env)).toHaveProperty('problem', "The storage connection setting 'NONE' is not set.");
  });
});

describe('host.json', () => {
  const read = (queues: object, env: Record<string, string> = {}) =>
    readHostJson(functionApp({ hostJson: JSON.stringify({ version: '2.0', extensions: { queues } }) }), env);

  test('has the defaults of Azure', () => {
    expect(readHostJson(functionApp({ hostJson: '{"version":"2.0"}' }), {})).toEqual({
      routePrefix: 'api',
      queues: {
        batchSize: 16,
        newBatchThreshold: 8,
        maxPollingInterval: 60_000,
        visibilityTimeout: 0,
        maxDequeueCount: 5,
        messageEncoding: 'base64',
      },
    });
    expect(read({ batchSize: 2 }).queues).toMatchObject({ batchSize: 2, newBatchThreshold: 1 });
  });

  test.each([
    ['00:00:02', 2_000],
    ['01:30:00', 5_400_000],
    ['00:00:00.200', 200],
  ])('%s is %d ms', (visibilityTimeout, milliseconds) =>
    expect(read({ visibilityTimeout }).queues).toMatchObject({ visibilityTimeout: milliseconds }),
  );

  test.each(['5', '00:60:00', '00:00:60', '-00:00:01', '24:00:00'])('"%s" is no time span', (visibilityTimeout) =>
    expect(() => read({ visibilityTimeout })).toThrow('must be a time span'),
  );

  test('is beaten by settings that name a place in it', () => {
    const env = {
      AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '00:00:01',
      OTHER__maxDequeueCount: '9',
    };
    const { queues } = read({ maxPollingInterval: '00:00:10', maxDequeueCount: 7 }, env);
    expect(queues).toMatchObject({ maxPollingInterval: 1000, maxDequeueCount: 7 });
    const deeper = { AzureFunctionsJobHost__extensions__http__routePrefix: 'there' };
    expect(read({ batchSize: 2 }, deeper)).toMatchObject({ routePrefix: 'there', queues: { batchSize: 2 } });
    const wrong = { AzureFunctionsJobHost__extensions__queues__batchSize: '33' };
    expect(() => read({}, wrong)).toThrow('batchSize must be a whole number from 1 to 32');
  });

  test('messages are base64 unless host.json says that their text is taken as it is', () => {
    expect(read({}).queues.messageEncoding).toBe('base64');
    expect(read({ messageEncoding: 'None' }).queues.messageEncoding).toBe('none');
    expect(() => read({ messageEncoding: 'utf8' })).toThrow('must be "base64" or "none"');
  });
});

describe('the wait between looks at an empty queue', () => {
  const waits = (count: number, ceiling: number, random: number): number[] => {
    const all: BackOff[] = [backOff(START, true, ceiling, random)];
    while (all.length < count) all.push(backOff(all.at(-1) ?? START, false, ceiling, random));
    return all.map(({ wait }) => Math.round(wait));
  };

  test('grows from 100 ms and stays at the ceiling', () => {
    expect(waits(7, 1_000, 0.5)).toEqual([100, 200, 300, 500, 900, 1_000, 1_000]);
    expect(waits(3, 50, 0.5)).toEqual([50, 50, 50]);
  });

  test('is spread by a fifth either way', () => {
    expect(waits(2, 1_000, 0)).toEqual([100, 180]);
    expect(waits(2, 1_000, 0.999_999)).toEqual([100, 220]);
  });

  test('starts over after a message', () => {
    expect(backOff({ wait: 900, exponent: 4 }, true, 1_000, 0.5)).toEqual({ wait: 100, exponent: 1 });
  });
});

describe('message contents', () => {
  test('base64 is decoded, line breaks allowed; anything else is refused', () => {
    expect(decodeMessage('aGFs\nbG8=')?.toString()).toBe('hallo');
    expect(['hallo', 'aGFsbG8', '{}', 'a==='].map(decodeMessage)).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('text travels as a string, bytes as bytes', () => {
    expect(messageData(Buffer.from('é'))).toEqual({ string: 'é' });
    expect(messageData(Buffer.from([0xff]))).toEqual({ bytes: Buffer.from([0xff]) });
  });

  test('an array is one message for each element, everything else is one message', () => {
    expect(contentsOf({ json: '["a",{"b":1},null,2]' })).toEqual(['a', '{"b":1}', '2']);
    expect(contentsOf({ json: '{"a":[1]}' })).toEqual(['{"a":[1]}']);
    expect(contentsOf({ string: '["a"]' })).toEqual(['["a"]']);
    expect(() => contentsOf({ bytes: Buffer.from('a') })).toThrow('text and JSON');
  });
});

describe('the end', () => {
  const order: string[] = [];
  const ending = (running: ReturnType<typeof work>, drainFor: number) => ({
    work: running,
    print: (line: string) => void order.push(line.replace(/^\[.*?\] /, '')),
    stop: () => void order.push('stop'),
    abandon: async () => void order.push('abandon'),
    close: async () => void order.push('close'),
    drainFor,
  });

  test('waits for what is in work, and for what that begins', async () => {
    order.length = 0;
    const running = work();
    const second = () =>
      running.track(
        'second',
        Promise.resolve().then(() => order.push('second done')),
      );
    running.track('first', Promise.resolve().then(second)).catch(() => undefined);
    await endOrderly(ending(running, 5_000));
    expect(order).toEqual(['stop', 'second done', 'close']);
  });

  test('gives work back that does not end in time, and says which', async () => {
    order.length = 0;
    const running = work();
    void running.track('stuck', new Promise(() => undefined));
    await endOrderly(ending(running, 10));
    expect(order).toEqual(['stop', 'Not finished after 0.01 s, given up: stuck.', 'abandon', 'close']);
  });

  test('a wake-up that comes before the wait is not lost', async () => {
    const rest = pause();
    rest.wake();
    await rest.until(60_000);
    const waiting = rest.until(60_000);
    rest.wake();
    await waiting;
  });
});
