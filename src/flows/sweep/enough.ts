/** Work side by side that stops when enough is found: nobody begins while what others are at may be enough. So none of it is in vain. */

const nothing = (): void => {};

/** `mayBeEnough` is asked with how much others are at. */
export function sparing(mayBeEnough: (underWay: number) => boolean) {
  const underWay = new Map<Promise<void>, number>();
  const amount = () => [...underWay.values()].reduce((sum, one) => sum + one, 0);
  return async (size: number, work: () => Promise<void>): Promise<void> => {
    while (underWay.size > 0 && mayBeEnough(amount())) await Promise.race(underWay.keys());
    const done = work();
    const settled = done.then(nothing, nothing);
    underWay.set(settled, size);
    await done.finally(() => underWay.delete(settled));
  };
}
