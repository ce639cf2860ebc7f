import { without, type BaseRecord, type BaseUnit, type Todo } from './base.ts';

/**
 * What a time in one direction left different, or on one side alone, is listed once the direction has changed (S14b). In the document it is
 * what is blocked for this reason: a unit on both sides, a record by a creation that waits.
 */
export const leftByDirection = 'it differs since a time in one direction: it waits for approval, or for the next edit';

/** Why a unit waits that both sides changed since a backup, differently: nobody can tell the hub's own writes from a person's (history 23). */
export const sinceRestore = 'differs on both sides since the hub was restored';

/** Whether the unit is on the list. */
export function isListedUnit({ blocked }: Pick<BaseUnit, 'blocked'>): boolean {
  return blocked !== undefined && Object.values(blocked).includes(leftByDirection);
}

/** Whether a creation is on the list. */
export function isListedTodo(todo: Todo | undefined): boolean {
  return todo?.rule === 'S14b' && todo.blocked === leftByDirection;
}

/** Whether anything of the record is on the list. */
export function isListed({ units, todo, state }: Pick<BaseRecord, 'units' | 'todo' | 'state'>): boolean {
  return Object.values(todo).some(isListedTodo) || (state === 'live' && Object.values(units).some(isListedUnit));
}

/** The unit off the list. */
export function unlistedUnit(unit: BaseUnit): BaseUnit {
  if (!isListedUnit(unit)) return unit;
  const { blocked: _blocked, ...rest } = unit;
  return rest;
}

/** The record without a creation that is on the list. */
export function withoutListedTodo(record: BaseRecord): BaseRecord {
  const listed = Object.keys(record.todo).filter((side) => isListedTodo(record.todo[side]));
  return listed.length === 0 ? record : { ...record, todo: listed.reduce(without<Todo>, record.todo) };
}

/** The record off the list, with all its units. */
export function unlisted(record: BaseRecord): BaseRecord {
  const free = withoutListedTodo(record);
  if (!Object.values(free.units).some(isListedUnit)) return free;
  return { ...free, units: Object.fromEntries(Object.entries(free.units).map(([name, unit]) => [name, unlistedUnit(unit)])) };
}
