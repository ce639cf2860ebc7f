import type { EntityId, Side, UnitId } from '@syncline/core';

/** How long an OroCRM form may have been open when the hub wrote under it (C18). */
const formOpenMs = 15 * 60_000;
/** How many cycles in a row may rewrite one field before the hub believes that two systems disagree (R7). */
const cyclesInARow = 4;

/** What the hub's last writes replaced, and how often in a row it wrote the same field: gone with the process, by design short. */
export interface MemoryOfWrites {
  /** Another cycle begins. */
  readonly nextCycle: () => void;
  /** A field of OroCRM was written: what it held before, and what an edit made before has seen. */
  readonly replaced: (entity: EntityId, unit: UnitId, before: string, saw: number, now: number) => void;
  /** What the author of a value has seen that brings back exactly what the hub replaced; absent when it does not (C18). */
  readonly sawBefore: (entity: EntityId, unit: UnitId, value: string, now: number) => number | undefined;
  /**
   * Whether this write is one too many: the fourth cycle in a row that writes one of two values to and fro (R7). `replaced` is what
   * the side held: where that is what the hub wrote there last, nobody disagreed with it, and the write follows an edit of the other side.
   */
  readonly isPingPong: (entity: EntityId, unit: UnitId, write: { readonly side: Side; readonly value: string; readonly replaced: string }) => boolean;
  /** A person has decided about a field: what was written to and fro until then does not count any more. */
  readonly decided: (entity: EntityId, unit: UnitId) => void;
  /** A record was given up because its item vanished. */
  readonly leftBehind: (entity: EntityId) => void;
  /** Those of this cycle and of the one before: their items may only have been moved (K14). */
  readonly lately: () => readonly EntityId[];
}

/** Starts with nothing remembered. */
export function startMemoryOfWrites(): MemoryOfWrites {
  const forms = new Map<string, { readonly before: string; readonly saw: number; readonly at: number }>();
  const rows = new Map<string, { readonly cycle: number; readonly count: number; readonly values: readonly string[]; readonly written: { readonly [side: Side]: string } }>();
  const vanished = new Map<EntityId, number>();
  let cycle = 0;
  return {
    nextCycle: () => {
      cycle += 1;
      for (const [key, row] of rows) if (row.cycle < cycle - 1) rows.delete(key);
      for (const [entity, since] of vanished) if (since < cycle - 1) vanished.delete(entity);
    },
    decided: (entity, unit) => void rows.delete(`${entity}/${unit}`),
    leftBehind: (entity) => void vanished.set(entity, cycle),
    lately: () => [...vanished.keys()],
    replaced: (entity, unit, before, saw, now) => {
      for (const [key, form] of forms) if (now - form.at > formOpenMs) forms.delete(key);
      forms.set(`${entity}/${unit}`, { before, saw, at: now });
    },
    sawBefore: (entity, unit, value, now) => {
      const form = forms.get(`${entity}/${unit}`);
      return form !== undefined && form.before === value && now - form.at <= formOpenMs ? form.saw : undefined;
    },
    isPingPong: (entity, unit, { side, value, replaced }) => {
      const key = `${entity}/${unit}`;
      const row = rows.get(key);
      const written = { ...row?.written, [side]: value };
      if (row === undefined || row.cycle === cycle || row.written[side] === replaced) {
        rows.set(key, { cycle, count: row?.cycle === cycle ? row.count : 1, values: [value], written });
        return false;
      }
      // People who edit in turns do not keep coming back to the same two values.
      const repeats = row.values.includes(value) || row.values.length < 2;
      const count = repeats ? row.count + 1 : 1;
      rows.set(key, { cycle, count, values: [...row.values.slice(-1), value], written });
      return count >= cyclesInARow;
    },
  };
}
