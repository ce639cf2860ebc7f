import type { Role, UserRow } from './rows.ts';
import type { OroKind, Store } from './store.ts';

/** Who sends a request, and what that user's role allows. */
export interface Actor {
  readonly user: UserRow;
  readonly role: Role;
}

const accessOf = { contact: 'contacts', task: 'tasks', event: 'events' } as const satisfies Record<OroKind, keyof Role>;

/** False: the role grants nothing on this kind of records. */
export function mayUse(actor: Actor, kind: OroKind): boolean {
  return actor.role[accessOf[kind]] !== 'none';
}

/** True where the actor may see this record; an existing record that may not be seen answers 403, never 404. */
export function maySee(store: Store, actor: Actor, kind: OroKind, id: number, ownerId: number | null): boolean {
  if (store.hidden[kind].has(id)) return false;
  const access = actor.role[accessOf[kind]];
  return access === 'all' || (access === 'own' && ownerId === actor.user.id);
}
