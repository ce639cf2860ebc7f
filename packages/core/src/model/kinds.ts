import { contact, type Contact } from './contact.ts';
import { event, type Event } from './event.ts';
import type { FieldSpec } from './field.ts';
import type { Json } from '../json.ts';
import { task, type Task } from './task.ts';

/** The kinds of record, each with its fields. */
export const kinds = { contact, task, event };

/** What each kind's values are. */
export type Model = { readonly contact: Contact; readonly task: Task; readonly event: Event };

/** The name of a kind of record. */
export type Kind = keyof Model;

/** In the order in which they are synced. */
export const kindNames: readonly Kind[] = ['contact', 'task', 'event'];

/** A record seen through its lens, in OroCRM's terms. A field that is absent holds nothing. */
export type View<K extends Kind = Kind> = { readonly [Field in keyof Model[K]]?: Model[K][Field] | undefined };

/** A view whose kind is known only at run time. */
export type AnyView = { readonly [field: string]: Json | undefined };

/** The fields of a kind known only at run time. */
export function fieldsOf(kind: Kind): { readonly [field: string]: FieldSpec<Json> } {
  return kinds[kind];
}
