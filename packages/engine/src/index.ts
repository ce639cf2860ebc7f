export { bindSide, otherSide, type BoundEntity, type BoundSide, type SideName } from './bind.ts';
export { runCycle, type CycleOptions } from './cycle.ts';
export type { Deletions } from './deletions.ts';
export type { HistoryRow } from './history.ts';
export type { Unlinked, LinkIndex } from './index-of-links.ts';
export type { Batch, Env, Space, UserStore } from './ports.ts';
export type { Counts, CycleReport, Line, Note, Progress, Step, Stopped } from './report.ts';
export { openSession, type Commit, type Session, type Settings } from './session.ts';
export { summarise, type Summary } from './summary.ts';
