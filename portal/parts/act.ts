import type { Answer } from '../api/client.ts';
import type { Problem } from '../api/problem.ts';
import { adviceFor, isLostRace } from '../words/advice.ts';
import type { Context } from './context.ts';

/** What a change comes to: done and told; or lost to somebody faster, so the page is read anew and says so; or a problem to show. */
export async function act<T>(
  context: Pick<Context, 'refresh' | 'say'>,
  request: Promise<Answer<T>>,
  done: (value: T) => string,
): Promise<Problem | undefined> {
  const answer = await request;
  if (answer.ok) {
    context.say(done(answer.value), 'success');
    context.refresh();
    return undefined;
  }
  if (!isLostRace(answer.problem)) return answer.problem;
  const { message } = answer.problem;
  context.say([message, adviceFor(answer.problem) ?? 'What you see now is read anew.'].join(' '), 'warning');
  context.refresh();
  return undefined;
}

/** The same from a button without a form: what went wrong is told on the page. */
export async function actNow<T>(
  context: Context,
  request: Promise<Answer<T>>,
  done: (value: T) => string,
): Promise<void> {
  const problem = await act(context, request, done);
  if (problem) context.say([problem.message, adviceFor(problem)].filter(Boolean).join(' '), 'error');
}
