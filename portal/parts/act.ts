import type { Problem } from '../../client/client.ts';
import { adviceFor, isLostRace } from '../words/advice.ts';

export type Tone = 'success' | 'warning' | 'error' | 'info';

/** The page on which something is done. */
export interface Stage {
  /** Reads and shows this place again, with the focus where it was. */
  refresh(): void;
  /** Shown above the page and read aloud by screen readers. */
  say(text: string, tone: Tone): void;
}

type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** What the service refuses, it refuses because of how things are now: the page may show them as they were. */
const mayBeStale = ({ status }: Problem): boolean => status >= 400 && status < 500;

/**
 * Carries out a change and reads the page again, also after a refusal. A problem is handed back to show, except a lost race:
 * repeating makes no sense then, so the page says it.
 */
export async function act<T>(
  stage: Stage,
  request: Promise<Answer<T>>,
  done: (value: T) => string,
): Promise<Problem | undefined> {
  const answer = await request;
  if (answer.ok || mayBeStale(answer.problem)) stage.refresh();
  if (answer.ok) {
    stage.say(done(answer.value), 'success');
    return undefined;
  }
  if (!isLostRace(answer.problem)) return answer.problem;
  const { message } = answer.problem;
  stage.say([message, adviceFor(answer.problem) ?? 'The page shows what is true now.'].join(' '), 'warning');
  return undefined;
}

/** The same for a button without a form: the page says what went wrong. */
export async function actNow<T>(stage: Stage, request: Promise<Answer<T>>, done: (value: T) => string): Promise<void> {
  const problem = await act(stage, request, done);
  if (problem) stage.say([problem.message, adviceFor(problem)].filter(Boolean).join(' '), 'error');
}
