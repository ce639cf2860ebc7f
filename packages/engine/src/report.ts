import type { FailureKind, Kind } from '@syncline/connector';
import type { EntityId } from '@syncline/core';
import type { SideName } from './bind.ts';

/** Where a cycle is. `done` and `total` count records; `total` is absent while it is not known. */
export interface Step {
  readonly phase: 'resolve' | 'observe' | 'merge' | 'plan' | 'perform';
  readonly side?: SideName;
  readonly kind?: Kind;
  readonly done?: number;
  readonly total?: number;
}

/** Is told where a cycle is; must not throw. */
export type Progress = (step: Step) => void;

/** What was done to records of one kind on one side. */
export interface Counts {
  readonly examined: number;
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  /** Marks written, where nothing else of the item was. */
  readonly marked: number;
  /** Of the examined ones: known before, with the values that were known (G4, C15). */
  readonly unchanged: number;
  /** Records that wait, that could not be done, and that both sides changed; `notes` tells each. */
  readonly held: number;
  readonly failed: number;
  readonly conflicts: number;
}

/** What is counted while a cycle runs; the rest follows from the notes. */
type Counted = Exclude<keyof Counts, 'held' | 'failed' | 'conflicts'>;

/** One touched record: what was done, by which rule, and to which fields (R1). */
export interface Line {
  readonly entity: EntityId;
  readonly kind: Kind;
  readonly side: SideName;
  readonly op: 'create' | 'update' | 'delete' | 'mark';
  readonly rules: readonly string[];
  readonly fields: readonly string[];
  /** Of a plan: the name under which a person may approve it; it is not done without (S14b). */
  readonly waits?: string;
}

/** Something that waits for a person, or that a person should know. */
export interface Note {
  readonly what: 'held' | 'conflict' | 'failed' | 'alert';
  readonly rule: string;
  readonly message: string;
  readonly entity?: EntityId;
  readonly kind?: Kind;
  readonly side?: SideName;
  readonly field?: string;
  /** How many records a note without `entity` stands for; one when absent. */
  readonly count?: number;
  /** Names exactly what waits: given back as an approval it holds for this plan and no other (D2, D3, D11). */
  readonly approval?: string;
}

/** An attempt that failed and ended the work with a side for this cycle. */
export interface Stopped {
  readonly side: SideName;
  readonly kind: FailureKind;
  readonly message: string;
  /** UTC ms before which nothing may be sent there again (R3); absent when the service did not say. */
  readonly retryAt?: number;
}

/** What a cycle was (R1). */
export interface CycleReport {
  /** Names the run in history; sorts by time. */
  readonly run: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly trigger: string;
  readonly counts: { readonly [S in SideName]: { readonly [K in Kind]: Counts } };
  readonly lines: readonly Line[];
  readonly notes: readonly Note[];
  readonly stopped: readonly Stopped[];
  /** The sides that were asked: one of them where it was due alone and had no news (S5). */
  readonly read: readonly SideName[];
  /** Native writes that were done, marks included. */
  readonly writes: { readonly [S in SideName]: number };
  /** Nothing is left that this cycle could have done; what waits for a person counts as settled (G1). */
  readonly settled: boolean;
  /** Of a preview, and of a cycle that waits for Go: what would be written. Empty otherwise. */
  readonly planned: readonly Line[];
}

/** Collects a report while the cycle runs. */
export interface Reporting {
  readonly run: string;
  readonly add: (side: SideName, kind: Kind, what: Counted, by?: number) => void;
  readonly line: (line: Line) => void;
  readonly note: (note: Note) => void;
  readonly stop: (stopped: Stopped) => void;
  readonly isStopped: (side: SideName) => boolean;
  /** The side shows nothing of the kind, and is not believed (D3). */
  readonly isDoubted: (side: SideName, kind: Kind) => boolean;
  readonly stopped: readonly Stopped[];
  readonly writes: () => number;
  readonly finish: (end: { readonly endedAt: number; readonly settled: boolean; readonly planned: readonly Line[]; readonly read: readonly SideName[] }) => CycleReport;
}

/** Starts a report. */
export function startReport(run: string, trigger: string, startedAt: number): Reporting {
  const counts = { left: noCounts(), right: noCounts() };
  const writes = { left: 0, right: 0 };
  const lines: Line[] = [];
  const notes: Note[] = [];
  const stopped: Stopped[] = [];
  return {
    run,
    add: (side, kind, what, by = 1) => {
      counts[side][kind][what] += by;
      if (what !== 'examined' && what !== 'unchanged') writes[side] += by;
    },
    line: (line) => void lines.push(line),
    note: (note) => void notes.push(note),
    stop: (stop) => void stopped.push(stop),
    isStopped: (side) => stopped.some((stop) => stop.side === side),
    isDoubted: (side, kind) => notes.some((note) => note.rule === 'D3' && note.side === side && note.kind === kind),
    stopped,
    writes: () => writes.left + writes.right,
    finish: ({ endedAt, settled, planned, read }) => ({ run, trigger, startedAt, endedAt, counts: { left: withNotes('left', counts.left, notes), right: withNotes('right', counts.right, notes) }, lines, notes, stopped, writes, settled, planned, read }),
  };
}

function noCounts(): { [K in Kind]: { [C in Counted]: number } } {
  const none = { examined: 0, created: 0, updated: 0, deleted: 0, marked: 0, unchanged: 0 };
  return { contact: { ...none }, task: { ...none }, event: { ...none } };
}

function withNotes(side: SideName, counts: ReturnType<typeof noCounts>, notes: readonly Note[]): { readonly [K in Kind]: Counts } {
  const of = (kind: Kind): Counts => {
    const count = (what: Note['what']): number => {
      const mine = notes.filter((note) => note.what === what && note.side === side && note.kind === kind);
      const together = mine.filter(({ entity }) => entity === undefined).reduce((sum, { count = 1 }) => sum + count, 0);
      return together + new Set(mine.flatMap(({ entity }) => entity ?? [])).size;
    };
    return { ...counts[kind], held: count('held'), failed: count('failed'), conflicts: count('conflict') };
  };
  return { contact: of('contact'), task: of('task'), event: of('event') };
}
