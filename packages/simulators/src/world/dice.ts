/** Choices from one source of numbers in [0, 1): the same source gives the same choices. */
export interface Dice {
  readonly next: () => number;
  /** A whole number from `from` to `to`, both included. */
  readonly between: (from: number, to: number) => number;
  readonly chance: (share: number) => boolean;
  /** Throws `RangeError` for an empty list. */
  readonly pick: <T>(list: readonly T[]) => T;
}

/** Dice that use the numbers a caller hands in. */
export function diceOf(next: () => number): Dice {
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between,
    chance: (share) => next() < share,
    pick: (list) => {
      const picked = list[between(0, list.length - 1)];
      if (picked === undefined) throw new RangeError('nothing to pick from');
      return picked;
    },
  };
}

/** A copy in an order of the dice. */
export function shuffled<T>(list: readonly T[], dice: Dice): T[] {
  const left = [...list];
  return list.flatMap(() => left.splice(dice.between(0, left.length - 1), 1));
}

/** Dice of their own for each seed; whole numbers of any size and sign count as different seeds modulo 2^32. */
export function seededDice(seed: number): Dice {
  // xorshift32 never leaves 0, and small seeds begin alike: stir them first.
  let state = (Math.imul(seed ^ (seed >>> 16), 0x45d9f3b) ^ 0x2545f491) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 4_294_967_296;
  };
  for (let round = 0; round < 8; round += 1) next();
  return diceOf(next);
}
