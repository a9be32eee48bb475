import type { ForecastDay as Day } from '../../client/api.ts';

export interface Bar {
  readonly day: Day;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Picture {
  readonly bars: readonly Bar[];
  /** Where lines are drawn across, and what they say. */
  readonly marks: readonly { readonly count: number; readonly y: number }[];
}

/** A round number that is not below the largest count. */
export function ceiling(most: number): number {
  if (most <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 4, 5, 10].map((step) => step * power).find((top) => top >= most) ?? most;
}

/** One bar a day. A day with a single purge is still to be seen beside one with thousands. */
export function barsOf(days: readonly Day[], width: number, height: number): Picture {
  const top = ceiling(Math.max(0, ...days.map(({ count }) => count)));
  const step = width / Math.max(1, days.length);
  const bars = days.map((day, index) => {
    const size = day.count === 0 ? 0 : Math.max(3, (day.count / top) * height);
    return { day, x: index * step + step * 0.12, y: height - size, width: step * 0.76, height: size };
  });
  const marks = [0, 0.25, 0.5, 0.75, 1].map((part) => ({ count: top * part, y: height - part * height }));
  return { bars, marks };
}

/** All answers as one: the day at which one breaks off comes again in the next, with the rest. */
export function joined(days: readonly Day[]): readonly Day[] {
  const all = new Map<string, Day>();
  for (const day of days) {
    const before = all.get(day.date);
    all.set(
      day.date,
      before ? { ...before, count: before.count + day.count, items: [...before.items, ...day.items] } : day,
    );
  }
  return [...all.values()];
}
