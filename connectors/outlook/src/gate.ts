/** Lets `work` run once `need` places are free, in the order of asking. */
export type Gate = <T>(need: number, work: () => Promise<T>) => Promise<T>;

/** A gate with so many places. Work that needs them all runs alone; nothing overtakes it. */
export function createGate(places: number): Gate {
  let free = places;
  const waiting: { readonly need: number; readonly go: () => void }[] = [];
  const admit = (): void => {
    for (let first = waiting[0]; first !== undefined && first.need <= free; first = waiting[0]) {
      waiting.shift();
      free -= first.need;
      first.go();
    }
  };
  return async (need, work) => {
    await new Promise<void>((go) => {
      waiting.push({ need, go });
      admit();
    });
    try {
      return await work();
    } finally {
      free += need;
      admit();
    }
  };
}
