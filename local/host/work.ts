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
