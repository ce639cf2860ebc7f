import type { BaseRecord, BaseUnit, Claim, Json, Kind, Link, Origin, Todo, UnitId } from '@syncline/core';

/**
 * The stored form of a record and of a claim: JSON with short names, and nothing that can be told from the rest. A record
 * whose units all came from one claim and are held by both sides alike costs its values, its links and some 60 bytes.
 */

/** Number of this format; a document that names a newer one is refused. */
export const documentFormat = 1;

type PackedOrigin = readonly [number: number, side: string, writer: string, at: number];
type PackedLink = readonly [id: string, version: string, at: number, mark?: string];
type PackedUnit = {
  readonly f?: PackedOrigin;
  readonly h?: BaseUnit['held'];
  readonly o?: BaseUnit['owed'];
  readonly b?: NonNullable<BaseUnit['blocked']>;
  readonly y?: NonNullable<BaseUnit['only']>;
  readonly z?: string;
};
type PackedRecord = {
  readonly k: Kind;
  readonly l: { readonly [side: string]: PackedLink };
  readonly f: PackedOrigin;
  readonly c: number;
  readonly u: { readonly [unit: UnitId]: Json };
  readonly d?: { readonly [unit: UnitId]: PackedUnit };
  readonly t?: { readonly [side: string]: Todo };
  readonly g?: BaseRecord['gone'];
  readonly x?: BaseRecord['former'];
  readonly s?: 1;
  readonly r?: 1;
};

/** The text stored under `base`. */
export function packRecord(record: BaseRecord): string {
  const values: Record<UnitId, Json> = {};
  const details: Record<UnitId, PackedUnit> = {};
  for (const [name, unit] of Object.entries(record.units)) {
    if (unit.agreed !== undefined) values[name] = unit.agreed;
    const packed = packUnit(unit, record.from);
    if (packed !== undefined || unit.agreed === undefined) details[name] = packed ?? {};
  }
  const links = Object.entries(record.links).map(([side, link]) => [side, packLink(link)] as const);
  const packed: PackedRecord = {
    k: record.kind,
    l: Object.fromEntries(links),
    f: packOrigin(record.from),
    c: record.considered,
    u: values,
    ...(hasKeys(details) && { d: details }),
    ...(hasKeys(record.todo) && { t: record.todo }),
    ...(hasKeys(record.gone) && { g: record.gone }),
    ...(hasKeys(record.former) && { x: record.former }),
    ...(record.state === 'tombstone' && { s: 1 as const }),
    ...(record.restored === true && { r: 1 as const }),
  };
  return JSON.stringify(packed);
}

/** Reads what {@link packRecord} wrote. Throws `SyntaxError` on anything else: the hub alone writes `base`. */
export function unpackRecord(text: string): BaseRecord {
  const packed = JSON.parse(text) as PackedRecord;
  const from = unpackOrigin(packed.f);
  const units: Record<UnitId, BaseUnit> = {};
  for (const name of Object.keys(packed.u)) units[name] = unpackUnit(packed.u[name], packed.d?.[name], from);
  for (const name of Object.keys(packed.d ?? nothing)) if (!Object.hasOwn(units, name)) units[name] = unpackUnit(undefined, packed.d?.[name], from);
  return {
    kind: packed.k,
    links: Object.fromEntries(Object.entries(packed.l).map(([side, link]) => [side, unpackLink(link)])),
    former: packed.x ?? {},
    units,
    from,
    considered: packed.c,
    todo: packed.t ?? {},
    gone: packed.g ?? {},
    state: packed.s === 1 ? 'tombstone' : 'live',
    ...(packed.r === 1 && { restored: true as const }),
  };
}

type PackedClaim = readonly [number: number, side: string, saw: number, at: number, value: Json, isNothing: 0 | 1, id?: string, version?: string];

/** The text stored under `claims`; unit and writer are in the key. */
export function packClaim(claim: Claim): string {
  const { number, side, saw, at, value, native } = claim;
  const isNothing = value === undefined ? 1 : 0;
  const packed: PackedClaim = native === undefined
    ? [number, side, saw, at, value ?? null, isNothing]
    : [number, side, saw, at, value ?? null, isNothing, native.id, native.version];
  return JSON.stringify(packed);
}

/** Reads what {@link packClaim} wrote. */
export function unpackClaim(text: string, unit: UnitId, writer: string): Claim {
  const [number, side, saw, at, value, isNothing, id, version] = JSON.parse(text) as PackedClaim;
  return {
    number, unit, side, writer, saw, at,
    ...(isNothing === 0 && { value }),
    ...(id !== undefined && version !== undefined && { native: { id, version } }),
  };
}

function packUnit(unit: BaseUnit, from: Origin): PackedUnit | undefined {
  const packed: PackedUnit = {
    ...(!sameOrigin(unit.from, from) && { f: packOrigin(unit.from) }),
    ...(hasKeys(unit.held) && { h: unit.held }),
    ...(hasKeys(unit.owed) && { o: unit.owed }),
    ...(unit.blocked !== undefined && hasKeys(unit.blocked) && { b: unit.blocked }),
    ...(unit.only !== undefined && hasKeys(unit.only) && { y: unit.only }),
    ...(unit.frozen !== undefined && { z: unit.frozen }),
  };
  return hasKeys(packed) ? packed : undefined;
}

/** Shared by all units that have nothing of a kind; nobody writes into a unit. */
const nothing = Object.freeze({});

function unpackUnit(agreed: Json | undefined, packed: PackedUnit | undefined, from: Origin): BaseUnit {
  // Nearly every unit of a settled record: reading ten thousand of them is what opening a document costs.
  if (packed === undefined && agreed !== undefined) return { agreed, from, held: nothing, owed: nothing };
  return {
    ...(agreed !== undefined && { agreed }),
    from: packed?.f === undefined ? from : unpackOrigin(packed.f),
    held: packed?.h ?? nothing,
    owed: packed?.o ?? nothing,
    ...(packed?.b !== undefined && { blocked: packed.b }),
    ...(packed?.y !== undefined && { only: packed.y }),
    ...(packed?.z !== undefined && { frozen: packed.z }),
  };
}

function packOrigin(origin: Origin): PackedOrigin {
  return [origin.number, origin.side, origin.writer, origin.at];
}

function unpackOrigin([number, side, writer, at]: PackedOrigin): Origin {
  return { number, side, writer, at };
}

function packLink(link: Link): PackedLink {
  return link.mark === undefined ? [link.id, link.version, link.at] : [link.id, link.version, link.at, link.mark];
}

function unpackLink([id, version, at, mark]: PackedLink): Link {
  return { id, version, at, ...(mark !== undefined && { mark }) };
}

function sameOrigin(a: Origin, b: Origin): boolean {
  return a.number === b.number && a.side === b.side && a.writer === b.writer && a.at === b.at;
}

function hasKeys(value: object): boolean {
  for (const _key in value) return true;
  return false;
}
