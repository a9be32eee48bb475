/** Everything the host has promised to finish before it ends. */
export interface Work {
  track<T>(label: string, promise: Promise<T>): Promise<T>;
  readonly labels: () => string[];
  idle(): Promise<void>;
}

export function work(): Work {
  const running = new Map<Promise<unknown>, string>();
  return {
    track(label, promise) {
      const settled: Promise<unknown> = promise.then(
        () => running.delete(settled),
        () => running.delete(settled),
      );
      running.set(settled, label);
      return promise;
    },
    labels: () => [...running.values()],
    async idle() {
      // finishing one piece may start another (a response that waits for its output binding), hence the loop
      while (running.size > 0) await Promise.all(running.keys());
    },
  };
}

/** A wait that can be cut short. A wake-up that comes while nobody waits shortens the next wait: none is lost. */
export interface Pause {
  until(milliseconds: number): Promise<void>;
  wake(): void;
}

export function pause(): Pause {
  let end: (() => void) | undefined;
  let woken = false;
  return {
    until: (milliseconds) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          end = undefined;
          woken = false;
          resolve();
        };
        const timer = setTimeout(done, milliseconds);
        end = done;
        if (woken) done();
      }),
    wake() {
      woken = true;
      end?.();
    },
  };
}
