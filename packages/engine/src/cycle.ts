import { Failure, type Kind } from '@syncline/connector';
import type { BoundSide, SideName } from './bind.ts';
import { listAnew, settleDifferences } from './differences.ts';
import { followMarks, leaveRestored, tellGeneration } from './generation.ts';
import { openIntents } from './intent.ts';
import { matchUp } from './match-up.ts';
import { holdMeetings } from './meetings.ts';
import { mergeClaims, mergeUnderNewPolicy } from './merge.ts';
import { observe } from './observe.ts';
import { stop } from './acknowledge.ts';
import { perform } from './perform.ts';
import { jobKey } from './prepare.ts';
import { purgeFirst } from './purge-first.ts';
import { startReport, type CycleReport, type Line, type Progress, type Reporting } from './report.ts';
import { resolveIntents } from './resolve.ts';
import { SideFailure } from './side-failure.ts';
import { linesOf, selectActions, type Selected } from './select.ts';
import { runName } from './history.ts';
import { compactLog, pruneHistory } from './housekeeping.ts';
import type { Session } from './session.ts';

/** How to run a cycle. */
export interface CycleOptions {
  /** Why it runs, for the report: `interval`, `person`, `once`. */
  readonly trigger: string;
  /** Plan only; nothing is written to either side (R2). */
  readonly preview?: boolean;
  /** A person has seen the plan of the first cycle and said yes (S20). Until then every cycle is a preview. */
  readonly go?: boolean;
  /** Names of held writes a person has looked at and allowed; each holds for the plan it names (D2, D3, D7, D11). */
  readonly approved?: readonly string[];
  /**
   * The sides whose interval is over (S5); both when absent. The other one is read as soon as there is something to
   * decide (C1), so that a side is asked for nothing between its intervals while nothing happens.
   */
  readonly sides?: readonly SideName[];
  readonly progress?: Progress;
  /** Is told of each write as it is acknowledged. */
  readonly onLine?: (line: Line) => void;
}

/**
 * One cycle for one user: observe, record, merge, plan, perform, acknowledge. A preview is the same without the last two.
 * Never two at once for one user: the caller sees to that (S12). Throws only what the store throws; failures of a side
 * are in the report.
 */
export async function runCycle(session: Session, options: CycleOptions): Promise<CycleReport> {
  const startedAt = session.env.now();
  const progress = options.progress ?? (() => undefined);
  const report = withListener(startReport(runName(startedAt, session.store.latest()), options.trigger, startedAt), options.onLine);
  const mayWriteAnything = await isStarted(session, options.go === true && options.preview !== true);

  if (options.preview !== true) await tellGeneration(session, report);
  const readable = await readSides(session, report, progress, mayWriteAnything ? options : { ...options, sides: both });
  if (readable === 'nothing') return report.finish({ endedAt: session.env.now(), settled: true, planned: [], read: options.sides ?? both });
  if (readable === undefined) return finish(session, report, false, []);
  try {
    progress({ phase: 'plan' });
    const isPurge = options.preview !== true && mayWriteAnything && (await purgeFirst(readable, report, progress));
    if (isPurge && report.stopped.length > 0) return finish(session, report, false, []);
    await matchUp(readable, report);
    const isPreview = options.preview === true || !mayWriteAnything;
    const listed = await settleDifferences(readable, report, options.approved ?? [], isPreview);
    // A first synchronisation, or what a person has confirmed (D8) or approved (S14b) as a whole, may overwrite (D11).
    const isFirst = options.go === true || isPurge || listed.isApproved;
    const selected = await holdMeetings(readable, selectActions(readable, report.run, isFirst, options.approved), options.approved);
    for (const note of selected.held) report.note(note);
    if (isPreview) {
      if (!mayWriteAnything && options.preview !== true) report.note({ what: 'held', rule: 'S20', message: 'the first synchronisation waits for Go' });
      return finish(session, report, selected.actions.length === 0, [...linesOf(readable, selected.actions), ...listed.lines]);
    }
    const isDone = await writeUntilSettled(readable, report, progress, selected, isFirst, options.approved);
    if (isDone) await leaveRestored(readable);
    await compactLog(session);
    await pruneHistory(session);
    return finish(session, report, isDone, []);
  } catch (error) {
    if (!(error instanceof SideFailure)) throw error;
    stop(session, report, error.side, error);
    return finish(session, report, false, []);
  }
}

/**
 * Reads both sides before anything is decided (C1). Answers the session as far as it could be read: a kind that one side
 * does not offer stays as it is on both (R11). Absent, when a side could not be read: then nothing is written anywhere.
 * `nothing`, when the side that was due has no news and the other one need not be asked.
 */
async function readSides(session: Session, report: Reporting, progress: Progress, { sides = both, approved, preview }: Pick<CycleOptions, 'sides' | 'approved' | 'preview'>): Promise<Session | 'nothing' | undefined> {
  progress({ phase: 'resolve' });
  const upTo = session.store.latest();
  const refused = new Set<Kind>();
  try {
    checkAccounts(session, await session.store.get('state', 'accounts'));
    const { looked, found } = await resolveIntents(session, report);
    await Promise.all(sides.map((side) => readSide(session, report, side, progress, refused, approved)));
    const rest = both.filter((side) => !sides.includes(side));
    if (rest.length > 0 && report.stopped.length === 0) {
      if (looked.length + found.length === 0 && !hasNews(session)) return 'nothing';
      await Promise.all(rest.map((side) => readSide(session, report, side, progress, refused, approved)));
    }
    progress({ phase: 'merge' });
    if (preview !== true) session.writes.nextCycle();
    await followMarks(session);
    await mergeClaims(session, report, looked, found);
    await mergeUnderNewPolicy(session, report, () => listAnew(session, upTo));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    stop(session, report, error instanceof SideFailure ? error.side : 'left', error);
  }
  if (report.stopped.length > 0) return undefined;
  const kinds = session.settings.kinds.filter((kind) => !refused.has(kind));
  return { ...session, settings: { ...session.settings, kinds } };
}

const both: readonly SideName[] = ['left', 'right'];

/** Whether anything was observed that is not decided, or decided that is not done. */
function hasNews({ replica, index, settings: { kinds } }: Session): boolean {
  if (index.unmatched.size > 0) return true;
  for (const entities of [index.pending, replica.claimed()]) {
    for (const entity of entities) if (kinds.includes(replica.get(entity)?.kind ?? 'contact')) return true;
  }
  return false;
}

async function readSide(session: Session, report: Reporting, side: SideName, progress: Progress, refused: Set<Kind>, approved?: readonly string[]): Promise<void> {
  for (const kind of session.settings.kinds) {
    try {
      const { examined, unchanged, doubt } = await observeAgain(session, side, kind, progress, approved);
      report.add(side, kind, 'examined', examined);
      report.add(side, kind, 'unchanged', unchanged);
      for (const message of session.sides[side].leftOut()) report.note({ what: 'failed', rule: 'G7', message, kind, side });
      if (doubt !== undefined) {
        const { missing, approval } = doubt;
        const message = `${session.sides[side].name} shows no ${kind} at all while ${missing} are known: nothing is deleted or created again, unless approved under the name ${approval}`;
        report.note({ what: 'alert', rule: 'D3', message, kind, side, approval });
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.kind !== 'unsupported') {
        stop(session, report, side, error);
        return;
      }
      refused.add(kind);
      report.note({ what: 'failed', rule: 'R11', message: error.message, kind, side });
    }
  }
}

/** Rule D9: a cursor the service has forgotten costs a full read, never a wrong write. */
async function observeAgain(session: Session, side: SideName, kind: Kind, progress: Progress, approved?: readonly string[]): ReturnType<typeof observe> {
  try {
    return await observe(session, side, kind, progress, approved);
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'cursor-expired') throw error;
    await session.commit({ del: [{ space: 'cursor', key: `${side}/${kind}` }] });
    return observe(session, side, kind, progress, approved);
  }
}

/** Writes, and decides again what changed meanwhile (R6) or became possible by a write (marks, K2), until nothing is left. */
async function writeUntilSettled(session: Session, report: Reporting, progress: Progress, first: Selected, isFirst: boolean, approved?: readonly string[]): Promise<boolean> {
  // What waits for a person is not weighed again against what this very cycle has created (D2).
  const failed = new Set(first.stopped.map(jobKey));
  let { actions, isPutOff } = first;
  // Each round either settles records or finds them changed again by people; what is left after some is the next cycle's.
  for (let round = 0; round < 8 && actions.length > 0; round += 1) {
    for (const key of await perform(session, report, actions, progress)) failed.add(key);
    await mergeClaims(session, report);
    await matchUp(session, report);
    const next = await holdMeetings(session, selectActions(session, report.run, isFirst, approved), approved);
    isPutOff = next.isPutOff;
    actions = next.actions.filter((action) => !failed.has(jobKey(action)) && !report.isStopped(action.side === 'left' ? 'left' : 'right'));
  }
  return !isPutOff && actions.length === 0 && report.stopped.length === 0 && (await openIntents(session)).length === 0;
}

/** Rule D14: another organisation, instance or mailbox than the one connected is a pause, never a deletion. */
function checkAccounts(session: Session, stored: unknown): void {
  const connected = stored as { readonly [S in SideName]?: string } | undefined;
  for (const side of ['left', 'right'] as const) {
    const was = connected?.[side];
    const { account, name }: BoundSide = session.sides[side];
    if (was !== undefined && was !== account.origin) {
      throw new SideFailure(side, new Failure('config', `${name} is signed in as ${account.name}, which is not the account this data belongs to: sign in as before, or connect it as a new user`));
    }
  }
}

async function isStarted(session: Session, go: boolean): Promise<boolean> {
  if ((await session.store.get('state', 'started')) === true) return true;
  if (!go) return false;
  const accounts = { left: session.sides.left.account.origin, right: session.sides.right.account.origin };
  await session.commit({ put: [{ space: 'state', key: 'started', value: true }, { space: 'state', key: 'accounts', value: accounts }] });
  return true;
}

function withListener(report: Reporting, onLine: CycleOptions['onLine']): Reporting {
  if (onLine === undefined) return report;
  return { ...report, line: (line) => { report.line(line); onLine(line); } };
}

function finish(session: Session, report: Reporting, settled: boolean, planned: readonly Line[]): CycleReport {
  return report.finish({ endedAt: session.env.now(), settled, planned, read: both });
}
