import type { Json } from '../shared/json.ts';
import type { WorldKind } from './cases.ts';
import type { Dice } from './dice.ts';

/** A record and its new canonical values; none where it is gone. */
export interface Edited {
  readonly id: string;
  readonly values: Readonly<Record<string, Json>>;
}

/** What a person does on one side. Each answers `undefined` where there is no record that may be touched. */
export type Editor = Readonly<Record<'create' | 'update' | 'remove', Readonly<Record<WorldKind, (dice: Dice) => Edited | undefined>>>>;

/** Picks one of a list for what is done with it; `undefined` for an empty list. */
export function pickOne<T>(dice: Dice, list: readonly T[], act: (one: T) => Edited): Edited | undefined {
  return list.length === 0 ? undefined : act(dice.pick(list));
}

/** A value that is not the present one. */
export function different<Value extends Json>(dice: Dice, make: (dice: Dice) => Value, now: Json): Value {
  for (;;) {
    const value = make(dice);
    if (JSON.stringify(value) !== JSON.stringify(now)) return value;
  }
}

/** Instants as the ledger has them. */
export function times(start: number, end: number): { readonly start: string; readonly end: string } {
  return { start: new Date(start).toISOString(), end: new Date(end).toISOString() };
}

/** Does away with a record. */
export function gone(id: string | number, act: () => void): Edited {
  act();
  return { id: String(id), values: {} };
}
