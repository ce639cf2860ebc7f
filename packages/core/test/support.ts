import {
  acknowledgeCreate, acknowledgeDelete, acknowledgeWrite, baseUnit, classicPolicy, existence, heldBy, mergeRecord, parseEntityId, planRecord, safePolicy, unitsOf,
  type Action, type BaseRecord, type Claim, type Existence, type Json, type Kind, type Link, type MergedRecord, type OpenIntents, type Origin, type Policy, type Side, type Units, type UnitId,
} from '../src/index.ts';

export const entity = parseEntityId('e_000000000001');

export const leftWins: Policy = safePolicy;
export const rightWins: Policy = { ...safePolicy, precedence: ['right', 'left'] };
export const leftToRight: Policy = { ...safePolicy, direction: 'left-to-right' };
export const rightToLeft: Policy = { ...safePolicy, direction: 'right-to-left' };
export const classicLeftWins: Policy = classicPolicy;
export const classicRightWins: Policy = { ...classicPolicy, precedence: ['right', 'left'] };

/** Where everything in a pair came from: OroCRM, as the first entry of the log. */
export const origin: Origin = { number: 1, side: 'left', writer: 'left', at: 1 };

const ids: Readonly<Record<Side, string>> = { left: '7', right: 'a' };

/** O#7 and X#a, settled and both holding `units`. */
export function pair(units: Units, change: Partial<BaseRecord> = {}): BaseRecord {
  return {
    kind: 'contact',
    links: { left: { id: '7', version: '1', at: 1 }, right: { id: 'a', version: '1', at: 1, mark: '7' } },
    former: {},
    units: Object.fromEntries(Object.entries(units).map(([name, agreed]) => [name, { agreed, from: origin, held: {}, owed: {} }])),
    from: origin, considered: 1, todo: {}, gone: {}, state: 'live',
    ...change,
  };
}

/** What a side's service shows since a version of this number; `undefined`: nothing. */
export function seen(side: Side, number: number, unit: UnitId, value: Json | undefined, more: Partial<Claim> = {}): Claim {
  const native = { id: ids[side] ?? side, version: String(number) };
  return { number, unit, side, writer: side, saw: 1, at: number, native, ...(value !== undefined && { value }), ...more };
}

/** What a person typed on a laptop, which is on Outlook's side. */
export function typed(number: number, unit: UnitId, value: Json | undefined, more: Partial<Claim> = {}): Claim {
  return { number, unit, side: 'right', writer: 'L1', saw: 1, at: number, ...(value !== undefined && { value }), ...more };
}

/** That a record is there, or not, on a side. */
export function exists(side: Side, number: number, value: Existence, more: Partial<Claim> = {}): Claim {
  return seen(side, number, existence, value, more);
}

export function merge(record: BaseRecord, claims: readonly Claim[], policy: Policy = leftWins, intents: OpenIntents = {}): MergedRecord {
  return mergeRecord(record, claims, intents, policy);
}

/** What is planned, in short: `update right jobTitle=CTO`. */
export function planned(record: BaseRecord): readonly string[] {
  return planRecord(entity, record).map((action) => {
    switch (action.type) {
      case 'update':
        return `update ${action.side} ${action.fields.map((field) => `${field}=${text(action.view[field])}`).join(' ')}`;
      case 'mark':
        return `mark ${action.side} ${action.mark}`;
      case 'create':
      case 'delete':
        return `${action.type} ${action.side}`;
    }
  });
}

function text(value: Json | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The rules under which units are owed to a side. */
export function owed(record: BaseRecord, side: Side): Readonly<Record<UnitId, string>> {
  return Object.fromEntries(Object.entries(record.units).flatMap(([name, unit]) => (unit.owed[side] === undefined ? [] : [[name, unit.owed[side]]])));
}

/** What a side is known to hold. */
export function shows(record: BaseRecord, side: Side): Units {
  const units = Object.entries(record.units).map(([name, unit]): [UnitId, Json | undefined] => [name, heldBy(unit, side).value]);
  return Object.fromEntries(units.filter((entry): entry is [UnitId, Json] => entry[1] !== undefined));
}

export function agreed(record: BaseRecord, unit: UnitId): Json | undefined {
  return baseUnit(record, unit).agreed;
}

/** Carries out what is planned as a service would that stores what it is sent, until nothing is left; `store` may store something else. */
export function settle(record: BaseRecord, store: (side: Side, units: Units) => Units = (_side, units) => units): BaseRecord {
  let next = record;
  for (let round = 0; round < 5; round += 1) {
    const actions = planRecord(entity, next);
    if (actions.length === 0) return next;
    for (const action of actions) next = carryOut(next, action, store);
  }
  throw new Error(`does not settle: ${planned(next).join(', ')}`);
}

/** Carries out one action. */
export function carryOut(record: BaseRecord, action: Action, store: (side: Side, units: Units) => Units = (_side, units) => units): BaseRecord {
  const { side } = action;
  const link = record.links[side];
  switch (action.type) {
    case 'create': {
      const before = record.former[side]?.length ?? 0;
      const id = `${ids[side] ?? side}${before === 0 ? '' : before + 1}`;
      const mark = side === 'right' ? record.links['left']?.id : undefined;
      return acknowledgeCreate(record, side, { id, version: '1', at: record.considered, ...(mark !== undefined && { mark }) }, store(side, unitsOf(record.kind, action.view)), action.numbers);
    }
    case 'update': {
      const stored = store(side, unitsOf(record.kind, action.view));
      return acknowledgeWrite(record, side, bumped(link), stored, action.numbers);
    }
    case 'delete':
      return acknowledgeDelete(record, side);
    case 'mark':
      return { ...record, links: { ...record.links, [side]: { ...bumped(link), mark: action.mark } } };
  }
}

function bumped(link: Link | undefined): Link {
  if (link === undefined) throw new Error('written where nothing is linked');
  return { ...link, version: `${link.version}+` };
}

/** A record known on one side only. */
export function single(side: Side, units: Units, more: Partial<BaseRecord> = {}): BaseRecord {
  const record = pair(units);
  return { ...record, links: { [side]: record.links[side] as Link }, from: { ...origin, side }, ...more };
}

/** Told entries in short: `lost C7 jobTitle=CTO`. */
export function toldOf({ told }: Pick<MergedRecord, 'told'>): readonly string[] {
  return told.map((one) => `${one.outcome} ${one.rule} ${one.unit}=${text(one.value)}`);
}

/** A task or an event as a pair. */
export function pairOf(kind: Kind, units: Units): BaseRecord {
  return pair(units, { kind });
}
