import type { EntityLens } from '@syncline/connector';
import type { ContactRecord, EventRecord, TaskRecord } from '../records.ts';
import { contactLens } from './contact.ts';
import { countriesIn } from './country.ts';
import { eventLens } from './event.ts';
import { taskLens } from './task.ts';

/** The lenses of all kinds. */
export interface Lenses {
  readonly contact: EntityLens<'contact', ContactRecord>;
  readonly task: EntityLens<'task', TaskRecord>;
  readonly event: EntityLens<'event', EventRecord>;
}

/** @param settings `zone` IANA, `language` BCP 47: both the user's. */
export function buildLenses(settings: { readonly zone: string; readonly language: string }): Lenses {
  return { contact: contactLens(countriesIn(settings.language)), task: taskLens(settings.zone), event: eventLens };
}
