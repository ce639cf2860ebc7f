import { viewOf, type AnyView, type BaseRecord, type Kind } from '@syncline/core';
import { plain } from './plain.ts';

/** What a person would call a record: a contact's name, a task's subject, an event's title. */
export function labelOf(record: BaseRecord | undefined): string {
  return record === undefined ? '' : labelFrom(record.kind, shownView(record));
}

/** The same of a view that is at hand. */
export function labelFrom(kind: Kind, view: AnyView): string {
  return labels[kind](view) || 'without a name';
}

/** The values a person knows a record by: what was agreed, else what one side alone holds. */
export function shownView(record: BaseRecord): AnyView {
  const units = Object.fromEntries(Object.entries(record.units).flatMap(([name, unit]) => {
    const value = unit.agreed ?? Object.values(unit.held).find((held) => held.value !== undefined)?.value;
    return value === undefined ? [] : [[name, value]];
  }));
  return viewOf(record.kind, units);
}

const labels: { readonly [K in Kind]: (view: AnyView) => string } = {
  // Someone known by one name has it in both places in OroCRM (M3, M4).
  contact: (view) => [...new Set([text(view['firstName']), text(view['lastName'])])].filter(Boolean).join(' ') || text(view['primaryEmail']) || text(view['primaryPhone']),
  task: (view) => text(view['subject']),
  event: (view) => text(view['title']),
};

function text(value: unknown): string {
  return typeof value === 'string' ? plain(value) : '';
}
