import { defaultGuards, fingerprint, isMassDelete, isMassOverwrite, viewOf, type Action, type Kind } from '@syncline/core';
import { otherSide } from './bind.ts';
import { shownBy } from './observe.ts';
import type { Note } from './report.ts';
import type { Session } from './session.ts';

/**
 * Takes deletions and overwrites that are too many to be believed out of a plan (D2, D11), and deletions that follow a service which says
 * "does not exist" also of what is merely hidden (D1). `isFirst`: an approved first pass
 * may overwrite. `approved` are the names of what a person has looked at and allowed. What a guard that is switched off
 * would have kept is told.
 */
export function guard(session: Session, actions: readonly Action[], isFirst: boolean, approved: readonly string[]): { readonly actions: readonly Action[]; readonly held: readonly Note[]; readonly stopped: readonly Action[] } {
  const { guards = defaultGuards, kinds } = session.settings;
  const held: Note[] = [];
  const stopped = new Set<Action>();
  for (const kind of kinds) {
    for (const side of ['left', 'right'] as const) {
      const here = actions.filter((action) => action.kind === kind && action.side === side);
      const deletes = here.filter((action) => action.type === 'delete' && !askedFor.includes(action.rule));
      const before = session.deletions.recent(side, kind, session.env.now());
      const links = Math.max(session.index.linked(kind) + deletes.length + before, 1);
      const { name, entities } = session.sides[otherSide[side]];
      if (deletes.length > 0 && entities[kind].caps.hiddenLooksDeleted) {
        weigh(undefined, deletes, 'D1', `${deletes.length} of ${links} linked records would be deleted, of which ${name} says the same as of what may only not be read any more`);
      } else if (deletes.length > 0 && isMassDelete(deletes.length + before, links, guards.deletes)) {
        weigh('massDelete', deletes, 'D2', `${deletes.length} of ${links} linked records would be deleted${before > 0 ? `, after ${before} in the last 24 hours` : ''}`);
      }
      const updates = here.filter(({ type }) => type === 'update');
      if (!isFirst && updates.length > 0 && isMassOverwrite(updates.length, links, guards.overwrites)) {
        weigh('massOverwrite', updates, 'D11', `${updates.length} of ${links} linked records would have values replaced`);
      }

      function weigh(switchedBy: 'massDelete' | 'massOverwrite' | undefined, some: readonly Action[], rule: string, what: string): void {
        const note = { rule, kind, side, count: some.length };
        const message = `${what} (${sampleOf(session, some)})`;
        const approval = fingerprint(JSON.stringify([rule, side, kind, ...some.map(nameOf).sort()]));
        if (approved.includes(approval)) return;
        if (switchedBy !== undefined && guards[switchedBy] === 'off') {
          held.push({ ...note, what: 'alert', message: `${message}: nobody is asked, since guards.${switchedBy} is off` });
          return;
        }
        for (const action of some) stopped.add(action);
        held.push({ ...note, what: 'held', message: `${message}: waits for approval under the name ${approval}`, approval });
      }
    }
  }
  return { actions: actions.filter((action) => !stopped.has(action)), held, stopped: [...stopped] };
}

/** Rules of deletions a person has asked for, one by one, with the run that is undone, or by the name of a purge (D8): nobody is asked twice. */
const askedFor: readonly string[] = ['R10', 'A12', 'B3s', 'S14b', 'A6', 'B3'];

/** Three of the records by name: with the count, what a person decides by (D2). */
function sampleOf(session: Session, actions: readonly Action[]): string {
  const names = actions.slice(0, 3).map(({ entity, kind, side }) => {
    const record = session.replica.get(entity);
    const view = record === undefined ? {} : viewOf(kind, shownBy(record, side === 'left' ? 'left' : 'right', []));
    return titleFields[kind].map((field) => view[field]).filter((part) => typeof part === 'string').join(' ') || entity;
  });
  return names.join(', ') + (actions.length > names.length ? ', ...' : '');
}

/** The fields a record is called by. */
export const titleFields: { readonly [K in Kind]: readonly string[] } = { contact: ['firstName', 'lastName'], task: ['subject'], event: ['title'] };

/** An action with the claims it carries out: a newer claim makes it another one, and an approval void (history 19). */
function nameOf(action: Action): string {
  return JSON.stringify([action.type, action.entity, ...(action.type === 'update' ? Object.entries(action.numbers).sort() : [])]);
}
