import {
  acknowledgeWrite, heldBy, baseUnit, mergeRecord, planRecord, sawOf,
  type Action, type BaseRecord, type Claim, type MergedRecord, type OpenIntent, type Policy, type Side,
} from '../src/index.ts';
import { Oracle, type Edit, type LostWrite, type Reported } from './oracle.ts';
import { entity, leftWins, pair, rightWins } from './support.ts';

/** What a seeded world came to. */
export interface Outcome {
  readonly conflicts: number;
  readonly missed: number;
  readonly invented: number;
  readonly wrong: number;
  /** Edits that did not become the agreed value and were not told, and sides that did not come to hold it. */
  readonly silent: number;
  readonly log: readonly string[];
}

const unit = 'jobTitle';

/** A service: what it shows, and which edits whoever looks at it has seen. */
interface Service {
  value: string;
  version: number;
  at: number;
  knows: ReadonlySet<Edit>;
  /** The last edit a person made there. */
  edit: Edit | undefined;
  /** What it shows is a write of the hub whose answer was lost. */
  unanswered: LostWrite | undefined;
  /** All writes below what it shows whose answers were lost. */
  upon: readonly LostWrite[];
}

/** A device a person types on. */
interface Device {
  readonly writer: string;
  readonly side: Side;
  /** The number up to which it has read the hub's log. */
  saw: number;
  knows: ReadonlySet<Edit>;
  /** Typed and not sent yet. */
  draft: { readonly edit: Edit; readonly saw: number } | undefined;
}

/** A second observer of a service, which reports late and with an old idea of what the hub knows. */
interface Observer {
  readonly side: Side;
  held: string;
  saw: number;
  draft: { readonly truth: Reported; readonly knows: ReadonlySet<Edit>; readonly value: string; readonly version: number; readonly at: number; readonly saw: number } | undefined;
}

/** The generator of Steele and Vigna's SplitMix, in 32 bits. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below;
  };
}

/** Runs the world of a seed and compares every merge with the oracle. `steps` things happen; then everything is read, merged and written. */
export function runWorld(seed: number, steps = 24): Outcome {
  return new World(seed).run(steps);
}

class World {
  private readonly random: (below: number) => number;
  private readonly policy: Policy;
  private readonly oracle: Oracle;
  private readonly services: Readonly<Record<string, Service>>;
  private readonly devices: readonly Device[];
  private readonly observers: readonly Observer[];
  private record: BaseRecord;
  private number = 1;
  private clock = 10;
  private edits = 0;
  /** Claims in the document: one per writer, the last one; and which edit each is in truth. */
  private readonly claims = new Map<string, { readonly claim: Claim; readonly truth: Reported }>();
  /** Everything the log ever held, by number: what a device has seen that read it so far. */
  private readonly stored: { readonly number: number; readonly knows: ReadonlySet<Edit> }[] = [];
  private intents: OpenIntent[] = [];
  private readonly mergesOften: boolean;
  private readonly outcome = { conflicts: 0, missed: 0, invented: 0, wrong: 0, silent: 0 };
  private readonly log: string[] = [];

  constructor(seed: number) {
    this.random = randomOf(seed);
    this.policy = this.random(2) === 0 ? leftWins : rightWins;
    this.mergesOften = this.random(3) > 0;
    this.record = pair({ [unit]: 'v0' });
    this.oracle = new Oracle(this.policy.precedence, 'v0');
    const service = (): Service => ({ value: 'v0', version: 1, at: 1, knows: new Set(), edit: undefined, unanswered: undefined, upon: [] });
    this.services = { left: service(), right: service() };
    const device = (writer: string, side: Side): Device => ({ writer, side, saw: 1, knows: new Set(), draft: undefined });
    this.devices = [device('L1', 'right'), device('L2', 'right'), device('P', 'left')];
    this.observers = [{ side: 'right', held: 'v0', saw: 1, draft: undefined }, { side: 'left', held: 'v0', saw: 1, draft: undefined }];
  }

  run(steps: number): Outcome {
    for (let step = 0; step < steps; step += 1) {
      this.clock += 1 + this.random(3);
      this.step();
    }
    this.finish();
    return { ...this.outcome, log: this.log };
  }

  private step(): void {
    const what = this.random(20);
    if (what < 4) this.editNatively(this.anySide());
    else if (what < 7) this.type(this.devices[this.random(3)] as Device);
    else if (what < 9) this.sync(this.devices[this.random(3)] as Device);
    else if (what < 12) this.observe(this.anySide());
    else if (what < 13) this.look(this.observers[this.random(2)] as Observer);
    else if (what < 14) this.report(this.observers[this.random(2)] as Observer);
    else if (what < 17) { if (this.mergesOften) this.merge(); }
    else if (this.mergesOften) this.write();
  }

  private anySide(): Side {
    return this.random(2) === 0 ? 'left' : 'right';
  }

  private service(side: Side): Service {
    return this.services[side] as Service;
  }

  /** Mostly something new; now and then what the other side holds, or the very first value again. */
  private newValue(): string {
    const kind = this.random(10);
    if (kind === 0) return 'v0';
    if (kind === 1) return this.service(this.anySide()).value;
    this.edits += 1;
    return `e${this.edits}`;
  }

  private editNatively(side: Side): void {
    const service = this.service(side);
    const value = this.newValue();
    if (value === service.value) return;
    const edit: Edit = { side, value, seen: service.knows, upon: service.upon };
    service.value = value;
    service.version += 1;
    service.at = this.clock;
    service.knows = new Set([...service.knows, edit]);
    service.edit = edit;
    service.unanswered = undefined;
    this.log.push(`${this.clock} ${side} edits ${value}`);
  }

  private type(device: Device): void {
    const edit: Edit = { side: device.side, value: this.newValue(), seen: device.knows, upon: [] };
    device.knows = new Set([...device.knows, edit]);
    device.draft = { edit, saw: device.saw };
    this.log.push(`${this.clock} ${device.writer} types ${edit.value} (saw ${device.saw})`);
  }

  /** A device sends what was typed and reads the log. Its clock may be slow. */
  private sync(device: Device): void {
    if (device.draft !== undefined) {
      const { edit, saw } = device.draft;
      this.store({ number: 0, unit, side: device.side, writer: device.writer, saw, at: this.clock - this.random(4), value: edit.value }, { edit }, new Set([...edit.seen, edit]));
      device.draft = undefined;
    }
    device.saw = this.number;
    device.knows = new Set([...device.knows, ...this.stored.filter(({ number }) => number <= device.saw).flatMap(({ knows }) => [...knows])]);
  }

  private store(claim: Claim, truth: Reported, knows: ReadonlySet<Edit>): void {
    this.number += 1;
    const stored = { ...claim, number: this.number };
    this.claims.set(claim.writer, { claim: stored, truth });
    this.stored.push({ number: this.number, knows });
    this.log.push(`${this.clock} #${this.number} ${claim.writer} claims ${String(claim.value)} at ${claim.at} (saw ${claim.saw})`);
  }

  /** The hub's own connector reads a side. */
  private observe(side: Side): void {
    const service = this.service(side);
    const shown = this.claims.get(side)?.claim.value ?? heldBy(baseUnit(this.record, unit), side).value;
    const link = { ...this.record.links[side], id: side === 'left' ? '7' : 'a', version: String(service.version), at: service.at };
    this.record = { ...this.record, links: { ...this.record.links, [side]: link } };
    this.oracle.read(side, service.version);
    if (service.value !== shown) {
      const saw = sawOf(this.record, unit, side);
      const native = { id: link.id, version: link.version };
      this.store({ number: 0, unit, side, writer: side, saw, at: service.at, value: service.value, native }, this.truthOf(service), service.knows);
    }
  }

  private truthOf(service: Service): Reported {
    const { edit, version, unanswered } = service;
    return { version, ...(unanswered === undefined ? edit && { edit } : { acknowledges: unanswered }) };
  }

  /** The second observer reads the service, and tells the hub another time. */
  private look(observer: Observer): void {
    const service = this.service(observer.side);
    if (service.value === observer.held) return;
    observer.draft = { truth: this.truthOf(service), knows: service.knows, value: service.value, version: service.version, at: service.at, saw: observer.saw };
  }

  private report(observer: Observer): void {
    const { draft, side } = observer;
    // What it has reported of a version stands; it is not reported again under a new number.
    if (draft !== undefined && this.claims.get(`${side}@laptop`)?.claim.native?.version !== String(draft.version)) {
      const native = { id: side === 'left' ? '7' : 'a', version: String(draft.version) };
      this.store({ number: 0, unit, side, writer: `${side}@laptop`, saw: draft.saw, at: draft.at, value: draft.value, native }, draft.truth, draft.knows);
    }
    observer.draft = undefined;
    observer.held = String(heldBy(baseUnit(this.record, unit), side).value);
    observer.saw = sawOf(this.record, unit, side);
  }

  private merge(): void {
    const all = [...this.claims.values()];
    const shuffled = all.map((one) => ({ one, key: this.random(1000) })).sort((a, b) => a.key - b.key).map(({ one }) => one);
    // An open write counts whoever reports its value; it is closed by that, or once the hub itself has read that side again.
    const expected = this.oracle.merge(all, this.intents);
    const merged = mergeRecord(this.record, shuffled.map(({ claim }) => claim), { [unit]: this.intents }, this.policy);
    this.compare(expected, merged);
    this.record = merged.record;
    this.intents = this.intents.filter(({ side, number }) => !this.claims.has(side) && sawOf(this.record, unit, side) !== number);
    this.claims.clear();
  }

  private compare(expected: ReturnType<Oracle['merge']>, merged: MergedRecord): void {
    const agreed = baseUnit(merged.record, unit).agreed;
    this.log.push(`${this.clock} merge: ${String(agreed)}${merged.conflict ? ' conflict' : ''}; oracle: ${expected.value}${expected.conflict ? ' conflict' : ''}`);
    if (expected.conflict) this.outcome.conflicts += 1;
    if (expected.conflict && !merged.conflict) this.outcome.missed += 1;
    if (!expected.conflict && merged.conflict) this.outcome.invented += 1;
    if (agreed !== expected.value) this.outcome.wrong += 1;
    for (const value of expected.mustBeTold) {
      if (merged.told.some((told) => told.value === value)) continue;
      this.outcome.silent += 1;
      this.log.push(`not told: ${value}`);
    }
  }

  /** Writes what is planned, if the side still is at the version that was read; some answers are lost, some writes too. */
  private write(always = false): void {
    for (const action of planRecord(entity, this.record)) {
      const { side } = action;
      if (this.intents.some((open) => open.side === side)) {
        // An answer that was lost is looked up before anything is repeated (R4).
        this.observe(side);
        if (!this.claims.has(side)) this.intents = this.intents.filter((open) => open.side !== side);
        continue;
      }
      if (!always && this.random(4) === 0) continue;
      this.writeOne(action, always ? 3 : this.random(4));
    }
  }

  private writeOne(action: Action, luck: number): void {
    if (action.type !== 'update') throw new Error(`not expected here: ${action.type}`);
    const { side } = action;
    const service = this.service(side);
    const value = String(action.view[unit]);
    const number = action.numbers[unit] as number;
    if (String(service.version) !== this.record.links[side]?.version || this.claims.has(side)) {
      this.observe(side);
      return;
    }
    if (luck === 0) {
      this.intents.push({ side, value, number });
      this.log.push(`${this.clock} write of ${value} to ${side} is lost`);
      return;
    }
    service.value = value;
    service.version += 1;
    service.at = this.clock;
    service.edit = undefined;
    this.clock += 1;
    if (luck === 1) {
      this.intents.push({ side, value, number });
      service.unanswered = { past: this.oracle.past() };
      service.upon = [...service.upon, service.unanswered];
      this.log.push(`${this.clock} answer for ${value} on ${side} is lost`);
      return;
    }
    service.unanswered = undefined;
    service.knows = new Set([...service.knows, ...this.oracle.past()]);
    const link = { ...this.record.links[side], id: action.id, version: String(service.version), at: service.at };
    this.record = acknowledgeWrite(this.record, side, link, { [unit]: value }, action.numbers);
    this.oracle.written(side, service.version, value);
    this.log.push(`${this.clock} ${side} holds ${value}`);
  }

  /** Everybody comes home: what was typed is sent, what was edited is read, and all of it is merged and written. */
  private finish(): void {
    for (const device of this.devices) this.sync(device);
    for (const observer of this.observers) this.report(observer);
    for (let round = 0; round < 6; round += 1) {
      this.observe('left');
      this.observe('right');
      this.intents = this.intents.filter((open) => this.claims.has(open.side));
      this.merge();
      this.write(true);
    }
    for (const side of ['left', 'right']) {
      if (this.service(side).value === baseUnit(this.record, unit).agreed) continue;
      this.outcome.silent += 1;
      this.log.push(`${side} ends with ${this.service(side).value}`);
    }
  }
}
