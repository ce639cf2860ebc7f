import type { Side } from '../merge/claim.ts';

/** Which way values may flow. Left is OroCRM and right is Outlook by configuration. */
export type Direction = 'left-to-right' | 'right-to-left' | 'both-ways';

/** What decides when the rules leave a choice: the administrator's two settings and the switches of section 10. */
export interface Policy {
  readonly direction: Direction;
  /** Sides, the one that wins a conflict first (S2). Has an effect only in both ways. */
  readonly precedence: readonly Side[];
  /** `record` is the literal reading: one edit on each side is a conflict of everything (C9). */
  readonly granularity: 'field' | 'record';
  /** Whether a deletion beats an edit it has not seen (B10, C14, A12) or the conflict setting decides. */
  readonly deleteVsEdit: 'by-policy' | 'delete-wins';
  /** Whether nothing erases something at the first match (A7, C2). */
  readonly emptyOverwrites: boolean;
  /** Whether, in direction right to left, a record of the same key is looked for before one is created (B2). */
  readonly matchBeforeCreate: boolean;
  /** Whether records match that have no name, when the rest of the key agrees (K7). */
  readonly matchWithoutName: boolean;
  /** What a deletion in Outlook means where it would be created again (A10, C11). */
  readonly rightDeletion: 'recreate' | 'ignore' | 'propagate';
  /** Whether a revert against the direction waits for the next change of the source (B7). */
  readonly oneWayRevert: 'immediately' | 'on-source-change';
  /** Whether a write of which the service would tell other people waits for a person's approval (D7); it does when absent. */
  readonly meetings?: 'hold' | 'write';
  /** Whether, in direction left to right, a record that was merely touched in OroCRM is as one that was changed there (A5); it is not when absent. */
  readonly touchCounts?: boolean;
  /** What a resynchronization begins with: linking again, or deleting every marked item once a person has confirmed it (A6, B3, D8); `relink` when absent. */
  readonly resync?: 'relink' | 'purge';
}

/** The default profile, both ways, OroCRM wins. */
export const safePolicy: Policy = {
  direction: 'both-ways',
  precedence: ['left', 'right'],
  granularity: 'field',
  deleteVsEdit: 'by-policy',
  emptyOverwrites: false,
  matchBeforeCreate: true,
  matchWithoutName: false,
  rightDeletion: 'recreate',
  oneWayRevert: 'immediately',
  meetings: 'hold',
  touchCounts: false,
  resync: 'relink',
};

/** The literal reading of the source document. */
export const classicPolicy: Policy = {
  ...safePolicy, granularity: 'record', deleteVsEdit: 'delete-wins', emptyOverwrites: true, matchBeforeCreate: false, matchWithoutName: true, meetings: 'write',
  touchCounts: true, resync: 'purge',
};

/** Whether it means anything that a record was merely touched on a side: its version is new and its values are not (G4, A5). */
export function countsTouches({ direction, touchCounts }: Pick<Policy, 'direction' | 'touchCounts'>, side: Side): boolean {
  return touchCounts === true && direction === 'left-to-right' && side === 'left';
}

/** Whether the direction lets the hub write mapped values to a side. */
export function mayWrite(direction: Direction, side: Side): boolean {
  return direction === 'both-ways' || (direction === 'left-to-right') === (side === 'right');
}
