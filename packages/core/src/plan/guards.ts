/** Limits of rule D2: how much of a side may be deleted before a person is asked. */
export interface DeleteLimits {
  /** Shares of the links, and the counts from which they apply. */
  readonly many: { readonly count: number; readonly share: number };
  readonly most: { readonly count: number; readonly share: number };
  /** Deleting every link there is, where there are so many. */
  readonly all: { readonly count: number };
}

/** The limits of the specification. */
export const defaultDeleteLimits: DeleteLimits = { many: { count: 10, share: 0.1 }, most: { count: 3, share: 0.5 }, all: { count: 2 } };

/** Limits of rule D11: in how much of a side values may be replaced, as a share of the links and a count. */
export interface OverwriteLimits {
  readonly count: number;
  readonly share: number;
}

/** The limits of the specification. */
export const defaultOverwriteLimits: OverwriteLimits = { count: 20, share: 0.3 };

/** What a cycle may do to one kind on one side before a person is asked. `off`: it is done, and the report says so. */
export interface Guards {
  readonly massDelete: 'on' | 'off';
  readonly deletes: DeleteLimits;
  readonly massOverwrite: 'on' | 'off';
  readonly overwrites: OverwriteLimits;
}

/** The guards of both profiles. */
export const defaultGuards: Guards = { massDelete: 'on', deletes: defaultDeleteLimits, massOverwrite: 'on', overwrites: defaultOverwriteLimits };

/** Rule D2: deletions that, with those of the last 24 hours, would take this much of one side wait for a person. */
export function isMassDelete(deletes: number, links: number, limits: DeleteLimits = defaultDeleteLimits): boolean {
  const share = deletes / links;
  const many = deletes >= limits.many.count && share > limits.many.share;
  const most = deletes >= limits.most.count && share > limits.most.share;
  return many || most || (deletes === links && links >= limits.all.count);
}

/** Rule D11: replacing values in this much of one side, outside an approved first pass, waits for a person. */
export function isMassOverwrite(updates: number, links: number, limits: OverwriteLimits = defaultOverwriteLimits): boolean {
  return updates >= limits.count && updates / links > limits.share;
}

/** Rule D3: a side that shows nothing at all of a kind while links exist is not trusted. */
export function isEmptySide(alive: number, links: number): boolean {
  return alive === 0 && links >= 2;
}
