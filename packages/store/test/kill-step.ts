import type { Batch } from '../src/index.ts';

/** Step `number` of a user: one update and three rows that say the same number, so that half a step shows. */
export function stepOf(userId: string, number: number): Batch {
  return {
    updates: [updateOf(userId, number)],
    put: [
      { space: 'cursor', key: 'left', value: number },
      { space: 'native', key: `left/contact/${number % 50}`, value: { number, text: 'x'.repeat(number % 3000) } },
      { space: 'intent', key: `i${number}`, value: number },
    ],
    del: [{ space: 'intent', key: `i${number - 1}` }],
  };
}

export function updateOf(userId: string, number: number): Uint8Array {
  return Buffer.from(`${userId} ${number} ${'y'.repeat(number % 200)}`);
}
