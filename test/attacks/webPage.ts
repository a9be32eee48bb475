import { request } from 'node:http';
import type { Attack } from './stage.ts';

export const webPage: Attack = {
  title: 'The web page',
  story: `A developer runs the service on a laptop and opens a web page. Its script sends requests to 127.0.0.1, where nobody has to sign in: as a
form that needs no permission, with the page's own origin, or under a name of its own that leads to 127.0.0.1. One sweep, and everything that
is due is purged.`,
  async play({ claim, service }) {
    const send = (method: string, path: string, headers: Readonly<Record<string, string>>, body: string) =>
      new Promise<number>((resolve, reject) => {
        const sent = request(new URL(path, service.api), { method, headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        });
        sent.on('error', reject).end(body);
      });
    const json = { 'content-type': 'application/json' };
    const form = { 'content-type': 'text/plain' };
    const origin = { origin: 'https://evil.example.com' };
    const isRefused = (status: number) => status >= 400 && status < 500;
    const trigger = '{"input":""}';
    claim('a form starts no function', isRefused(await send('POST', '/admin/functions/sweep', form, trigger)));
    claim(
      'a page starts no function from its own origin',
      isRefused(await send('POST', '/admin/functions/sweep', { ...json, ...origin }, trigger)),
    );
    claim('nor a sweep', isRefused(await send('POST', '/api/sweeps', { ...json, ...origin }, '{}')));
    const rebound = { ...json, host: 'evil.example.com' };
    claim('nor under a name of its own', isRefused(await send('POST', '/api/sweeps', rebound, '{}')));
    const leap = '{"offset":"P400D"}';
    claim('and it moves no clock', isRefused(await send('PUT', '/api/local/clock', { ...json, ...origin }, leap)));
  },
};
