/** Sends the recorded requests again and tells their answers as those of the real host were written down. */
import { type RawAnswer, sendRaw } from '../../../support/sendRaw.ts';
import type { Answer, Row } from './rows.ts';

/** Of the headers those that a caller decides by. */
const HEADERS = [
  ...['content-type', 'content-encoding', 'vary', 'allow', 'www-authenticate'],
  ...['x-ms-error-code', 'x-ms-client-request-id'],
];

/** In their order: each request builds on those before it. */
export async function replay(rows: readonly Row[], api: string, token: string): Promise<ReadonlyMap<string, Answer>> {
  const { host } = new URL(api);
  const answers = new Map<string, Answer>();
  let etag = '';
  for (const row of rows) {
    const answer = await sendRaw(api, bytesOf(row, { HOST: host, TOKEN: token, KEY: 'local', ETAG: etag }));
    etag = answer.headers['etag'] ?? etag;
    answers.set(row.name, told(answer, host));
  }
  return answers;
}

function bytesOf({ request }: Row, words: Readonly<Record<string, string>>): Buffer {
  const text = request
    .replace(/HOST|TOKEN|KEY|ETAG/g, (word) => words[word] ?? '')
    .replace(/<<"(.)" x (\d+)>>/g, (_, one: string, times: string) => one.repeat(Number(times)));
  return Buffer.from(text, 'latin1');
}

function told({ status, headers, body }: RawAnswer, host: string): Answer {
  const looked = HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]));
  return { status, headers: Object.fromEntries(looked), body: essence(plain(body.toString(), host)) };
}

const plain = (text: string, host: string): string =>
  text
    .replaceAll(host, 'HOST')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'INSTANT');

/** As it was written down of the real host. */
function essence(text: string): unknown {
  const value = text.startsWith('{') ? JSON.parse(text) : {};
  if (value.error) return { error: { code: value.error.code } };
  if (Array.isArray(value.value)) return { value: 'list', ...(value.nextLink ? { nextLink: value.nextLink } : {}) };
  return text;
}
