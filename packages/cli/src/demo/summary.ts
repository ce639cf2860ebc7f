import type { CycleReport, Place, Summary } from '@syncline/hub';
import { placeOf } from '@syncline/hub';
import type { Both } from './simulators.ts';

type PerKind = Summary['linked'];

/** What `demo --once --json` prints; several people are added up. */
export interface OnceSummary {
  /** Linked records per kind: each is on both sides. */
  readonly records: { readonly [P in Place]: PerKind };
  /** Records on one side only, and why. */
  readonly unlinked: readonly { readonly kind: string; readonly side: Place; readonly reason: string; readonly count: number }[];
  /** Records written per cycle and side, as the services counted them. */
  readonly writes: readonly ({ readonly cycle: number } & Both)[];
  /** HTTP requests the services answered, sign-in included; a batch counts as one. */
  readonly requests: Both;
  readonly conflicts: number;
  /** What waits for a person. */
  readonly held: number;
  /** Records that failed in the last cycle. */
  readonly failed: number;
  readonly cycles: number;
  /** The last cycle wrote nothing, by the services' own count, and nothing was left that it could have done. */
  readonly settled: boolean;
  /** What waits for a person and what failed, by rule and reason. */
  readonly reasons: readonly { readonly what: string; readonly rule: string; readonly message: string; readonly count: number }[];
}

/** Puts the summary together from every person's reports, oldest first. */
export function summariseOnce(parts: {
  readonly reports: readonly (readonly CycleReport[])[];
  readonly summaries: readonly Summary[];
  readonly writes: OnceSummary['writes'];
  readonly requests: Both;
}): OnceSummary {
  const linked = parts.summaries.map((summary) => summary.linked).reduce<PerKind>((sum, one) => ({ contact: sum.contact + one.contact, task: sum.task + one.task, event: sum.event + one.event }), { contact: 0, task: 0, event: 0 });
  const last = parts.writes.at(-1);
  const held = tally(parts.reports.flatMap((reports) => unique(reports.flatMap(({ notes }) => notes.filter(({ what }) => what === 'held')))));
  const failed = tally(parts.reports.flatMap((reports) => unique(reports.at(-1)?.notes.filter(({ what }) => what === 'failed') ?? [])));
  const conflicts = parts.reports.flat().flatMap(({ notes }) => notes.filter(({ what }) => what === 'conflict'));
  return {
    records: { orocrm: linked, outlook: linked },
    unlinked: merge(parts.summaries),
    writes: parts.writes,
    requests: parts.requests,
    conflicts: conflicts.length,
    held: total(held),
    failed: total(failed),
    cycles: parts.writes.length,
    settled: last !== undefined && last.orocrm + last.outlook === 0 && parts.reports.every((reports) => reports.at(-1)?.settled === true),
    reasons: [...held, ...failed, ...tally(conflicts)],
  };
}

type Note = CycleReport['notes'][number];

/** A hold that is told again in the next cycle is one hold. */
function unique(notes: readonly Note[]): readonly Note[] {
  return [...new Map(notes.map((note) => [[note.rule, note.entity, note.side, note.field, note.message].join('/'), note])).values()];
}

function tally(notes: readonly Note[]): OnceSummary['reasons'] {
  const rows = new Map<string, OnceSummary['reasons'][number]>();
  for (const { what, rule, message } of notes) {
    const key = [what, rule, message].join('/');
    rows.set(key, { what, rule, message, count: (rows.get(key)?.count ?? 0) + 1 });
  }
  return [...rows.values()];
}

function total(rows: OnceSummary['reasons']): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}

function merge(summaries: readonly Summary[]): OnceSummary['unlinked'] {
  const rows = new Map<string, OnceSummary['unlinked'][number]>();
  for (const { kind, side, reason, count } of summaries.flatMap(({ unlinked }) => unlinked)) {
    const key = [kind, side, reason].join('/');
    rows.set(key, { kind, side: placeOf[side], reason, count: (rows.get(key)?.count ?? 0) + count });
  }
  return [...rows.values()];
}
