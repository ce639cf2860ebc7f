import { isDeepStrictEqual } from 'node:util';
import type { Kind } from '@syncline/core';
import type { CycleReport, Line, Note, SideName, Step, Summary } from '@syncline/engine';
import type { NextRuns } from '../sync/scheduler.ts';
import { byPlace, placeOf, type Place } from './names.ts';
import { plain } from './plain.ts';
import { count, sentenceOf } from './sentence.ts';

/** One touched record, for people. */
export interface StatusLine {
  readonly at: number;
  readonly entity: string;
  readonly kind: Kind;
  readonly side: Place;
  readonly op: Line['op'];
  readonly label: string;
  readonly rules: readonly string[];
  readonly fields: readonly string[];
}

/** Something that waits for a person, or that a person should know. */
export interface StatusNote {
  readonly at: number;
  readonly what: Note['what'];
  readonly rule: string;
  readonly message: string;
  readonly label: string;
  readonly entity?: string;
  readonly kind?: Kind;
  readonly side?: Place;
  readonly field?: string;
  /** Under which name what it tells can be approved (D1, D2, D3, D7, D11, S14b). */
  readonly approval?: string;
}

/** Rule S13. */
export interface Alert {
  readonly at: number;
  readonly what: Note['what'] | 'stopped';
  readonly message: string;
}

/** Where one kind of one side stands in the cycle that runs. */
export interface Bar {
  readonly side: Place;
  readonly kind: Kind;
  readonly phase: Step['phase'];
  readonly done: number;
  readonly total?: number;
}

/** What is known of one user at the moment; the first message on `/ws/status` and `/api/v1/status`. Times are UTC ms. */
export interface UserStatus {
  readonly user: string;
  readonly direction: string;
  readonly wins: Place;
  readonly enableSync: boolean;
  readonly showAlerts: boolean;
  /** Who is signed in; null while nobody is. */
  readonly accounts: { readonly [P in Place]: string | null };
  /** What does not work or is not safe there, as it was found at the last sign-in: a banner as long as it stands (S9s, R11, S16). */
  readonly warnings: { readonly [P in Place]: readonly string[] };
  readonly running: { readonly trigger: string; readonly startedAt: number; readonly phase: Step['phase']; readonly bars: readonly Bar[] } | null;
  readonly last: { readonly run: string; readonly startedAt: number; readonly endedAt: number; readonly trigger: string; readonly sentence: string; readonly settled: boolean; readonly writes: { readonly [P in Place]: number } } | null;
  readonly records: { readonly linked: { readonly [K in Kind]: number }; readonly unlinked: readonly { readonly kind: Kind; readonly side: Place; readonly reason: string; readonly count: number }[] } | null;
  /** Newest first, 50 at most. */
  readonly lines: readonly StatusLine[];
  /** Newest first, 100 at most. */
  readonly notes: readonly StatusNote[];
  /** Newest first, 20 at most; none with Show Alerts off (S13b). */
  readonly alerts: readonly Alert[];
  readonly next: { readonly orocrm?: number; readonly outlook?: number; readonly notBefore?: number; readonly queued: boolean };
  /** The plan of the first synchronisation that waits for Go (S20); null once it was given. */
  readonly waitsForGo: FirstPlan | null;
}

/** Rules S17 and S20: counts and samples, before anything is written. */
export interface FirstPlan {
  readonly planned: number;
  readonly parts: readonly { readonly op: Line['op']; readonly kind: Kind; readonly side: Place; readonly count: number }[];
  /** The first of each part, ten at most. */
  readonly samples: readonly { readonly op: Line['op']; readonly kind: Kind; readonly side: Place; readonly label: string }[];
}

/** A change of a user's status: its members replace those of the last one, `line` and `alert` go in front of their lists. */
export type StatusEvent = { readonly user: string; readonly at: number } & (
  | { readonly type: 'cycle-started' | 'progress'; readonly running: UserStatus['running'] }
  | { readonly type: 'record'; readonly line: StatusLine }
  | ({ readonly type: 'cycle-ended'; readonly running: null } & Pick<UserStatus, 'last' | 'records' | 'notes' | 'accounts' | 'warnings' | 'waitsForGo'>)
  | { readonly type: 'alert'; readonly alert: Alert }
  | ({ readonly type: 'settings' } & Shown & Pick<UserStatus, 'alerts'>)
  | { readonly type: 'next-run'; readonly next: UserStatus['next'] }
);

/** The settings a status tells. */
export type Shown = Pick<UserStatus, 'direction' | 'wins' | 'enableSync' | 'showAlerts'>;

/** What a status begins with. */
export interface StatusOptions extends Shown {
  readonly user: string;
  /** UTC ms. */
  readonly now: () => number;
  /** Is told of every change; must not throw. */
  readonly emit: (event: StatusEvent) => void;
}

/** Characters of a sentence, an alert or a note's message. */
const mostOfMessage = 1_000;

const kept = { lines: 50, notes: 100, alerts: 20 };

/** Follows one user's cycles, and tells what changed. */
export class LiveStatus {
  readonly #options: StatusOptions;
  #status: UserStatus;
  /** What was alerted in the last cycle and stands: it is not said again (R8). */
  #standing: ReadonlySet<string> = new Set();

  constructor(options: StatusOptions) {
    this.#options = options;
    const { user, direction, wins, enableSync, showAlerts } = options;
    this.#status = {
      user, direction, wins, enableSync, showAlerts,
      accounts: { orocrm: null, outlook: null }, warnings: { orocrm: [], outlook: [] }, running: null, last: null, records: null, lines: [], notes: [], alerts: [],
      next: { queued: false }, waitsForGo: null,
    };
  }

  get status(): UserStatus {
    return this.#status;
  }

  /** The person's settings are these now; what is not to be alerted any more goes at once (S13b). */
  settings({ direction, wins, enableSync, showAlerts }: Shown): void {
    const { alerts, ...before } = this.#status;
    if (isDeepStrictEqual({ ...before, direction, wins, enableSync, showAlerts }, before)) return;
    this.#tell({ type: 'settings', direction, wins, enableSync, showAlerts, alerts: showAlerts ? alerts : [] });
  }

  /** A cycle begins. */
  started(trigger: string): void {
    this.#tell({ type: 'cycle-started', running: { trigger, startedAt: this.#options.now(), phase: 'resolve', bars: [] } });
  }

  /** The cycle has come so far. */
  step(step: Step): void {
    const { running } = this.#status;
    if (running === null) return;
    this.#tell({ type: 'progress', running: { ...running, phase: step.phase, bars: withStep(running.bars, step) } });
  }

  /** A record was written; `label` is what a person calls it. */
  line(line: Line, label: string): void {
    const { entity, kind, side, op, rules, fields } = line;
    this.#tell({ type: 'record', line: { at: this.#options.now(), entity, kind, side: placeOf[side], op, label, rules, fields } });
  }

  /** A cycle ended with this report; `records` absent leaves the counts as they were. */
  ended(report: CycleReport, records: Summary | undefined, labelOf: (entity: string) => string): void {
    const fresh = report.notes.map((note) => statusNote(note, report.endedAt, note.entity === undefined ? '' : labelOf(note.entity)));
    const waits = report.notes.some(({ rule }) => rule === 'S20');
    this.#tell({
      type: 'cycle-ended',
      running: null,
      accounts: this.#status.accounts,
      warnings: this.#status.warnings,
      last: {
        run: report.run, startedAt: report.startedAt, endedAt: report.endedAt, trigger: report.trigger,
        sentence: plain(sentenceOf(report), mostOfMessage), settled: report.settled, writes: byPlace(report.writes),
      },
      records: records === undefined ? this.#status.records : { linked: records.linked, unlinked: records.unlinked.map((row) => ({ ...row, side: placeOf[row.side] })) },
      notes: withNotes(this.#status.notes, fresh, report),
      // What waits for an approval of its own does not go with Go (S14b).
      waitsForGo: waits ? firstPlan(report.planned.filter((line) => line.waits === undefined), labelOf) : null,
    });
    this.#alert(report.stopped.map(({ message }) => message), fresh, report.read.length === 1);
  }

  /** The cycle could not begin (a side is not signed in), or broke off (the disk refused); `sentence` says more, what was written for one. */
  failed(trigger: string, message: string, startedAt: number, sentence = message): void {
    const endedAt = this.#options.now();
    const { accounts, warnings, records, notes, waitsForGo } = this.#status;
    const last = { run: '', startedAt, endedAt, trigger, sentence: plain(sentence, mostOfMessage), settled: false, writes: { orocrm: 0, outlook: 0 } };
    this.#tell({ type: 'cycle-ended', running: null, accounts, warnings, records, notes, waitsForGo, last });
    this.#alert([message], []);
  }

  /** Who is signed in, and what is to be warned of; takes effect with the next event. */
  signedIn(accounts: UserStatus['accounts'], warnings: UserStatus['warnings']): void {
    this.#status = { ...this.#status, accounts, warnings };
  }

  /** When the next checks are due. */
  next({ left, right, notBefore, queued }: NextRuns): void {
    this.#tell({ type: 'next-run', next: { ...(left !== undefined && { orocrm: left }), ...(right !== undefined && { outlook: right }), ...(notBefore !== undefined && { notBefore }), queued } });
  }

  /** One alert per cause, not one per cycle; several records of one kind of note are one alert. */
  #alert(stopped: readonly string[], notes: readonly StatusNote[], isPartial = false): void {
    if (!this.#status.showAlerts) {
      // What nobody was shown is news once alerts are shown again.
      this.#standing = new Set();
      return;
    }
    const causes = [
      ...stopped.map((message) => ({ what: 'stopped' as const, key: message, message })),
      ...notes.map((note) => ({ what: note.what, key: [note.what, note.rule, note.entity, note.field, note.side, note.message].join('/'), message: [note.label, note.message].filter(Boolean).join(': ') })),
    ];
    const fresh = causes.filter(({ key }) => !this.#standing.has(key));
    // Where only one side was asked, nothing is known to be over.
    this.#standing = new Set([...(isPartial ? this.#standing : []), ...causes.map(({ key }) => key)]);
    for (const what of ['stopped', 'alert', 'failed', 'held', 'conflict'] as const) {
      const some = fresh.filter((cause) => cause.what === what);
      if (some.length === 0) continue;
      const rest = some.length > 1 ? ` (and ${count(some.length - 1, 'other')})` : '';
      this.#tell({ type: 'alert', alert: { at: this.#options.now(), what, message: `${plain(some[0]?.message ?? '', mostOfMessage)}${rest}` } });
    }
  }

  #tell(event: EventBody): void {
    const { user, now, emit } = this.#options;
    const whole = { user, at: now(), ...event } as StatusEvent;
    this.#status = applyEvent(this.#status, whole);
    emit(whole);
  }
}

type EventBody = StatusEvent extends infer E ? (E extends StatusEvent ? Omit<E, 'user' | 'at'> : never) : never;

/** The status after an event. The page does the same. */
export function applyEvent(status: UserStatus, event: StatusEvent): UserStatus {
  switch (event.type) {
    case 'record':
      return { ...status, lines: [event.line, ...status.lines].slice(0, kept.lines) };
    case 'alert':
      return { ...status, alerts: [event.alert, ...status.alerts].slice(0, kept.alerts) };
    case 'cycle-started':
    case 'progress':
      return { ...status, running: event.running };
    case 'settings': {
      const { direction, wins, enableSync, showAlerts, alerts } = event;
      return { ...status, direction, wins, enableSync, showAlerts, alerts };
    }
    case 'next-run':
      return { ...status, next: event.next };
    case 'cycle-ended': {
      const { running, last, records, notes, accounts, warnings, waitsForGo } = event;
      return { ...status, running, last, records, notes, accounts, warnings, waitsForGo };
    }
  }
}

function firstPlan(planned: readonly Line[], labelOf: (entity: string) => string): FirstPlan {
  const parts = new Map<string, Line[]>();
  for (const line of planned) {
    const key = [line.side, line.kind, line.op].join('/');
    const known = parts.get(key);
    if (known === undefined) parts.set(key, [line]);
    else known.push(line);
  }
  const shown = ({ op, kind, side }: Line) => ({ op, kind, side: placeOf[side] });
  const groups = [...parts.values()].flatMap((lines) => (lines[0] === undefined ? [] : [{ first: lines[0], lines }]));
  return {
    planned: planned.length,
    parts: groups.map(({ first, lines }) => ({ ...shown(first), count: lines.length })),
    samples: groups.flatMap(({ lines }) => lines.slice(0, 2)).slice(0, 10).map((line) => ({ ...shown(line), label: labelOf(line.entity) })),
  };
}

function withStep(bars: readonly Bar[], { phase, side, kind, done, total }: Step): readonly Bar[] {
  if (side === undefined || kind === undefined) return bars;
  const bar: Bar = { side: placeOf[side], kind, phase, done: done ?? 0, ...(total !== undefined && { total }) };
  const others = bars.filter((one) => one.side !== bar.side || one.kind !== kind);
  return [...others, bar];
}

/** New ones in front. A note about a record that was written since has had its answer, and so has a doubt about a side that was read since (D3). */
function withNotes(notes: readonly StatusNote[], fresh: readonly StatusNote[], { lines, read, stopped }: CycleReport): readonly StatusNote[] {
  const believed = new Set(stopped.length === 0 ? read.map((side) => placeOf[side]) : []);
  const written = new Set(lines.map(({ entity, side }) => `${entity}/${placeOf[side as SideName]}`));
  const said = new Set(fresh.map(noteKey));
  const left = notes.filter((note) => !said.has(noteKey(note)) && note.rule !== 'S20' && !(note.rule === 'D3' && note.side !== undefined && believed.has(note.side)) && !(note.what !== 'conflict' && written.has(`${note.entity ?? ''}/${note.side ?? ''}`)));
  return [...fresh, ...left].slice(0, kept.notes);
}

function noteKey({ what, rule, entity, field, side, message }: StatusNote): string {
  return [what, rule, entity, field, side, message].join('/');
}

function statusNote(note: Note, at: number, label: string): StatusNote {
  const { what, rule, message, entity, kind, side, field, approval } = note;
  return {
    // What a service says of a record may quote the record.
    at, what, rule, message: plain(message, mostOfMessage), label,
    ...(entity !== undefined && { entity }), ...(kind !== undefined && { kind }),
    ...(side !== undefined && { side: placeOf[side] }), ...(field !== undefined && { field }), ...(approval !== undefined && { approval }),
  };
}
