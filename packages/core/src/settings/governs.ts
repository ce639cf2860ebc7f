import type { Keys } from '../match/key.ts';
import type { Kind } from '../model/kinds.ts';
import type { Guards } from '../plan/guards.ts';
import type { Direction, Policy } from '../policy/policy.ts';
import type { SettingValue } from './setting.ts';

/** Every setting of scope `user` by its name, as it holds for one person. */
export type Values = { readonly [name: string]: SettingValue };

/** What the values mean to the engine. Throws a `TypeError` for a word that the table would have refused. */
export function policyOf(values: Values): Policy {
  return {
    direction: pick(directions, values, 'direction'),
    precedence: values['wins'] === 'outlook' ? ['right', 'left'] : ['left', 'right'],
    granularity: pick<Policy['granularity']>({ field: 'field', record: 'record' }, values, 'switches.conflict.granularity'),
    deleteVsEdit: pick<Policy['deleteVsEdit']>({ byPolicy: 'by-policy', deleteWins: 'delete-wins' }, values, 'switches.deleteVsEdit'),
    emptyOverwrites: values['switches.firstMatch.emptyOverwrites'] === true,
    matchBeforeCreate: values['switches.outlookToOro.matchBeforeCreate'] === true,
    matchWithoutName: values['switches.keys.matchWithoutName'] === true,
    resync: pick<NonNullable<Policy['resync']>>({ relink: 'relink', purge: 'purge' }, values, 'switches.resync.mode'),
    touchCounts: values['switches.oroToOutlook.touchCounts'] === true,
    meetings: pick<NonNullable<Policy['meetings']>>({ hold: 'hold', write: 'write' }, values, 'switches.meetings.notify'),
    rightDeletion: pick<Policy['rightDeletion']>({ recreate: 'recreate', ignore: 'ignore', propagate: 'propagate' }, values, 'switches.outlookDeletion'),
    oneWayRevert: pick<Policy['oneWayRevert']>({ immediately: 'immediately', onSourceChange: 'on-source-change' }, values, 'switches.oneWayRevert'),
  };
}

/** The kinds that are switched on (S6), in the order in which they are synced. */
export function kindsOf(values: Values): readonly Kind[] {
  return ([['contact', 'contacts'], ['task', 'tasks'], ['event', 'calendarEvents']] as const).flatMap(([kind, name]) => (values[name] === true ? [kind] : []));
}

/** Which fields identify a record (K5). */
export function keysOf(values: Values): Keys {
  const fields = (kind: Kind): readonly string[] => String(values[`keys.${kind}`]).split(', ');
  return { contact: fields('contact'), task: fields('task'), event: fields('event') };
}

/** How much is done without asking (D2, D11). */
export function guardsOf(values: Values): Guards {
  const onOff = (name: string): 'on' | 'off' => (values[name] === 'off' ? 'off' : 'on');
  const count = (name: string): number => Number(values[`guards.${name}.count`]);
  const limit = (name: string): { readonly count: number; readonly share: number } => ({ count: count(name), share: Number(values[`guards.${name}.percent`]) / 100 });
  return {
    massDelete: onOff('guards.massDelete'),
    deletes: { many: limit('massDeleteMany'), most: limit('massDeleteMost'), all: { count: count('massDeleteAll') } },
    massOverwrite: onOff('guards.massOverwrite'),
    overwrites: limit('massOverwriteLimit'),
  };
}

const directions: { readonly [word: string]: Direction } = { 'orocrm-to-outlook': 'left-to-right', 'outlook-to-orocrm': 'right-to-left', bidirectional: 'both-ways' };

function pick<V>(table: { readonly [word: string]: V }, values: Values, name: string): V {
  const found = table[String(values[name])];
  if (found === undefined) throw new TypeError(`not a value of ${name}: ${String(values[name])}`);
  return found;
}
