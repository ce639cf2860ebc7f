import type { Claim, OpenIntent, Side } from '../src/index.ts';

/** An edit of a person, with everything that person had seen: a full version vector, as a set of edits. */
export interface Edit {
  readonly side: Side;
  readonly value: string;
  readonly seen: ReadonlySet<Edit>;
  /** Writes below it whose answers were lost: seen in truth, known to be seen once the hub has read them. */
  readonly upon: readonly LostWrite[];
}

/** A write of the hub that was done and whose answer was lost, with everything its decision had seen. */
export interface LostWrite {
  readonly past: ReadonlySet<Edit>;
}

/** What a claim in the log is in truth. */
export interface Reported {
  /** The edit behind it; absent where a service shows what nobody typed there. */
  readonly edit?: Edit;
  /** Of an observation: which version of the item. */
  readonly version?: number;
  /** It shows a write of ours whose answer was lost. */
  readonly acknowledges?: LostWrite;
}

interface Considered {
  readonly claim: Claim;
  readonly truth: Reported;
  readonly edit: Edit;
  /** The same value in later versions. */
  readonly again: readonly Edit[];
}

/**
 * Decides one unit by full version vectors over all edits, without numbers and without `saw`. It shares no code with what it judges.
 *
 * Modelling choices, none of which the vectors force:
 * - A decision is a node that has seen everything that was considered for it; a side that it was written to has seen all of that.
 *   Later edits meet the decision as the edit that won it: who had seen that edit replaces it, whoever lost to it (a verdict is final).
 *   Where two sides made the same edit, that is the edit of the preferred side.
 * - An edit made on top of a write whose answer was lost has not seen it, unless the hub came to consider an observation of that write itself (history 17).
 * - A writer's claims replace one another in the document: an edit that was overwritten by its own author before a merge was never considered.
 * - An observation of the value the side was known to hold, and a typed value that its side holds and should hold and that was put over nobody's edit, are no edits (history 18).
 * - What was on the screen decides: who edits a side that was known to show the agreed value has seen that, whoever put it there (C10);
 *   what it shows is not known while a write is open.
 * - Time orders edits of one side only, and is taken from the claim: the oracle does not judge clocks.
 * - A side that shows one value in several versions, read one after the other, was edited when it first showed it: a version moves for other fields too.
 * - No two versions of one item have the same time. (With whole seconds a late observer's claim about the same second is history, for safety.)
 */
export class Oracle {
  private readonly precedence: readonly Side[];
  private value: string;
  private winner: { readonly edit: Edit; readonly at: number; readonly number: number } | undefined;
  private readonly considered = new Set<Edit>();
  /** The newest version the hub has read or written, and the value it knows a side to hold. */
  private readonly versions: Record<Side, number> = { left: 1, right: 1 };
  private readonly known: Record<Side, string>;
  /** Lost writes that were found to be done. */
  private readonly found = new Set<LostWrite>();

  constructor(precedence: readonly Side[], value: string) {
    this.precedence = precedence;
    this.value = value;
    this.known = { left: value, right: value };
  }

  /** Everything the present decision has seen. */
  past(): ReadonlySet<Edit> {
    return new Set(this.considered);
  }

  read(side: Side, version: number): void {
    this.versions[side] = version;
  }

  written(side: Side, version: number, value: string): void {
    this.versions[side] = version;
    this.known[side] = value;
  }

  /** What has to come of a merge of these claims: the agreed value, whether it was a conflict, and which values must be told. */
  merge(unordered: readonly { readonly claim: Claim; readonly truth: Reported }[], intents: readonly OpenIntent[]): { readonly value: string; readonly conflict: boolean; readonly mustBeTold: readonly string[] } {
    const before = this.value;
    const claims = [...unordered].sort((a, b) => a.claim.number - b.claim.number);
    const answered = new Set<Side>();
    for (const { claim, truth } of claims) {
      if (claim.native === undefined || this.isPast(claim, truth)) continue;
      // A value that an open write would have left there counts as that write's, also where a person chose the same.
      if (!intents.some((open) => open.side === claim.side && open.value === claim.value)) continue;
      this.known[claim.side] = String(claim.value);
      answered.add(claim.side);
      if (truth.acknowledges !== undefined) this.found.add(truth.acknowledges);
    }
    const agreeing = Object.keys(this.known).filter((side) => this.known[side] === before && (answered.has(side) || intents.every((open) => open.side !== side)));
    const news = this.newsAmong(claims);
    for (const { edit, again } of news) for (const one of [edit, ...again]) this.consider(one);
    for (const { claim, edit } of news) if (claim.native !== undefined) this.known[claim.side] = edit.value;
    const counting = news.filter((one) => one.claim.native !== undefined || this.says(one, news));
    const frontier = counting.filter((one) => !counting.some((other) => other !== one && this.hasSeen(other, one.edit)));
    if (frontier.length === 0) return { value: before, conflict: false, mustBeTold: [] };

    const members = frontier.map(({ edit, claim }) => ({ side: edit.side, value: edit.value, edit: edit as Edit | undefined, at: claim.at, number: claim.number }));
    const isSeen = this.winner === undefined || counting.some((one) => this.winner !== undefined && (this.hasSeen(one, this.winner.edit) || (one.claim.native !== undefined && agreeing.includes(one.claim.side))));
    if (!isSeen && this.winner !== undefined) members.push({ side: this.winner.edit.side, value: before, edit: this.winner.edit, at: this.winner.at, number: this.winner.number });
    const side = this.precedence.find((one) => members.some((member) => member.side === one));
    const [won] = members.filter((member) => member.side === side).sort((a, b) => b.at - a.at || b.number - a.number);
    if (won?.edit === undefined) throw new Error('a frontier without a winner');
    const conflict = members.some((member) => member.side !== won.side && member.value !== won.value);
    this.value = won.value;
    this.winner = { edit: won.edit, at: won.at, number: won.number };
    const lost = [...counting.map(({ edit }) => edit.value), ...(isSeen ? [] : [before])].filter((value) => value !== won.value);
    return { value: won.value, conflict, mustBeTold: lost };
  }

  /** The claims that are edits nobody has considered and no later version of the same item has replaced. */
  private newsAmong(claims: readonly { readonly claim: Claim; readonly truth: Reported }[]): readonly Considered[] {
    const news: Considered[] = [];
    for (const { claim, truth } of claims) {
      const { edit } = truth;
      if (edit === undefined || this.considered.has(edit)) continue;
      if (claim.native !== undefined) {
        if (this.isPast(claim, truth)) continue;
        if (news.some((other) => other.edit === edit)) continue;
      }
      news.push({ claim, truth, edit, again: [] });
    }
    return this.first(news);
  }

  /** Versions of one side that show one value, one after the other, are the edit that is seen first; what it was known to show is none. */
  private first(news: readonly Considered[]): readonly Considered[] {
    const versions = news.filter(({ claim }) => claim.native !== undefined).sort((a, b) => a.claim.at - b.claim.at);
    const edits: Considered[] = news.filter(({ claim }) => claim.native === undefined);
    for (const side of this.precedence) {
      let last: Considered | undefined;
      for (const one of versions.filter(({ claim }) => claim.side === side)) {
        if (one.edit.value === this.known[side]) {
          // Taken back in the service itself, to what it was known to show.
          if (last !== undefined) edits.splice(edits.indexOf(last), 1);
          last = undefined;
        } else if (last?.edit.value === one.edit.value) {
          edits.splice(edits.indexOf(last), 1);
          last = { ...last, again: [...last.again, one.edit] };
          edits.push(last);
        } else {
          last = one;
          edits.push(last);
        }
      }
    }
    return edits;
  }

  private says(one: Considered, news: readonly Considered[]): boolean {
    const { claim, edit } = one;
    const isHeld = edit.value === this.known[claim.side] && edit.value === this.value;
    return !isHeld || news.some((other) => this.hasSeen(one, other.edit));
  }

  /** A version the hub has been beyond. What its own connector said stands until that says otherwise. */
  private isPast(claim: Claim, { version = 0 }: Reported): boolean {
    return claim.writer !== claim.side && version < (this.versions[claim.side] ?? 0);
  }

  private hasSeen({ edit, again }: Considered, other: Edit): boolean {
    return [edit, ...again].some((one) => one.seen.has(other) || one.upon.some((write) => this.found.has(write) && write.past.has(other)));
  }

  private consider(edit: Edit): void {
    this.considered.add(edit);
    for (const earlier of edit.seen) this.considered.add(earlier);
  }
}
