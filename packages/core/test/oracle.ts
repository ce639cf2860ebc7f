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
 * - What was on the screen decides: who edits a side that was known to show the agreed value has seen that, whoever put it there (C10).
 * - Time orders edits of one side only, and is taken from the claim: the oracle does not judge clocks.
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
  merge(claims: readonly { readonly claim: Claim; readonly truth: Reported }[], intents: readonly OpenIntent[]): { readonly value: string; readonly conflict: boolean; readonly mustBeTold: readonly string[] } {
    const before = this.value;
    const agreeing = Object.keys(this.known).filter((side) => this.known[side] === before);
    for (const { claim, truth } of claims) {
      if (claim.native === undefined || this.isPast(claim, truth)) continue;
      // A value that an open write would have left there counts as that write's, also where a person chose the same.
      if (!intents.some((open) => open.side === claim.side && open.value === claim.value)) continue;
      this.known[claim.side] = String(claim.value);
      if (truth.acknowledges !== undefined) this.found.add(truth.acknowledges);
    }
    const news = this.newsAmong(claims);
    for (const { edit } of news) this.consider(edit);
    for (const { claim, edit } of news) if (claim.native !== undefined) this.known[claim.side] = edit.value;
    const counting = news.filter((one) => one.claim.native !== undefined || this.says(one, news));
    const frontier = counting.filter(({ edit }) => !counting.some((other) => this.hasSeen(other.edit, edit)));
    if (frontier.length === 0) return { value: before, conflict: false, mustBeTold: [] };

    const members = frontier.map(({ edit, claim }) => ({ side: edit.side, value: edit.value, edit: edit as Edit | undefined, at: claim.at, number: claim.number }));
    const isSeen = this.winner === undefined || counting.some(({ edit, claim }) => this.winner !== undefined && (this.hasSeen(edit, this.winner.edit) || (claim.native !== undefined && agreeing.includes(claim.side))));
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
        if (claim.value === this.known[claim.side]) continue;
        if (news.some((other) => other.edit === edit)) continue;
      }
      news.push({ claim, truth, edit });
    }
    return news;
  }

  private says({ claim, edit }: Considered, news: readonly Considered[]): boolean {
    const isHeld = edit.value === this.known[claim.side] && edit.value === this.value;
    return !isHeld || news.some((other) => this.hasSeen(edit, other.edit));
  }

  /** A version the hub has been beyond. What its own connector said stands until that says otherwise. */
  private isPast(claim: Claim, { version = 0 }: Reported): boolean {
    return claim.writer !== claim.side && version < (this.versions[claim.side] ?? 0);
  }

  private hasSeen(edit: Edit, other: Edit): boolean {
    return edit.seen.has(other) || edit.upon.some((write) => this.found.has(write) && write.past.has(other));
  }

  private consider(edit: Edit): void {
    this.considered.add(edit);
    for (const earlier of edit.seen) this.considered.add(earlier);
  }
}
