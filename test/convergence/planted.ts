/** A bug to plant: one text of one compiled file, and what stands there instead. */
export interface Planted {
  readonly name: string;
  /** Relative to the checkout. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly text: string;
  readonly instead: string;
}

const engine = 'packages/engine/dist/src';
const core = 'packages/core/dist/src';

/** Mistakes people make in engines like this one. The worlds have to find each of them. */
export const planted: readonly Planted[] = [
  {
    name: 'the cursor is stored before what was read',
    file: `${engine}/observe.js`,
    text: 'const seen = [...page.seen.filter(isPresent), ...verified, ...returned];',
    instead: 'const seen = [...page.seen.filter(isPresent), ...verified, ...returned]; if (page.cursor !== undefined) await session.commit({ put: [{ space: "cursor", key: `${side}/${kind}`, value: page.cursor }] });',
  },
  { name: 'a creation whose answer was lost is not looked up', file: `${engine}/resolve.js`, text: 'await bound.find(create, intent.at)', instead: '[]' },
  { name: 'what the store refuses is taken for stored', file: `${engine}/session.js`, text: '...(del && { del }) });', instead: '...(del && { del }) }).catch(() => expected);' },
  { name: 'clocks say who had seen what', file: `${core}/merge/claim.js`, text: 'return b.number < a.number && (b.number <= a.saw || (a.writer === b.writer && a.side === b.side));', instead: 'return b.at < a.at;' },
  { name: 'the last record of a page is dropped', file: `${engine}/observe.js`, text: 'const seen = [...page.seen.filter(isPresent), ...verified, ...returned];', instead: 'const seen = [...page.seen.filter(isPresent).slice(0, -1), ...verified, ...returned];' },
  { name: 'what is missing counts as deleted without a direct read', file: `${engine}/observe.js`, text: '...(await getAll(session, side, kind, unsure.map(({ id }) => id)))', instead: '...unsure.map(({ id }) => ({ id, absent: "deleted" }))' },
  { name: 'a write is sent before it is journalled', file: `${engine}/perform.js`, text: 'step.put.push(intentPut(prepared.intent));', instead: '' },
  { name: 'the hub takes its own write for somebody\'s edit', file: `${engine}/acknowledge.js`, text: 'acknowledgeWrite(record, side, link, withoutMovedUp(session, sent, record, units), numbers)', instead: 'record' },
  { name: 'who loses a conflict is not in history', file: `${engine}/merge.js`, text: 'step.put.push(...toldPuts(report.run, session.env.now(), entity, before.kind, merged.told));', instead: '' },
  {
    name: 'a lost list entry: only what Outlook has room for is written back to OroCRM',
    file: 'connectors/orocrm/dist/src/mapping/entries.js',
    text: 'const kept = wanted.flatMap((value) => {',
    instead: 'const kept = wanted.slice(0, 3).flatMap((value) => {',
  },
];
