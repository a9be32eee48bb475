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
