import type { Mark } from '@syncline/connector';
import type { ExtendedValue, GraphTask } from './records.ts';

/** The property set the old add-in used, and anybody's named strings: PS_PUBLIC_STRINGS. */
const publicStrings = '{00020329-0000-0000-C000-000000000046}';

/** Where contacts and events carry their mark. */
export const markId = `String ${publicStrings} Name OroCRM_id`;
export const markOrigin = `String ${publicStrings} Name Syncline_origin`;

/** What a task's linked resource is called by. */
const applicationName = 'OroCRM';

/** A mark with an empty id takes the mark away (rule K12). */
export function isNoMark(mark: Mark): boolean {
  return mark.id === '';
}

/** The mark among the extended properties of a contact or event; `undefined` when it has none. An empty value is a mark that was taken away. */
export function markOf(properties: readonly ExtendedValue[]): Mark | undefined {
  const id = extendedValue(properties, markId);
  const origin = extendedValue(properties, markOrigin);
  return id === null ? undefined : { id, ...(origin !== null && { origin }) };
}

/** The extended properties that set a mark. A mark without origin empties the origin of an older one. */
export function markProperties(mark: Mark): readonly ExtendedValue[] {
  return [
    { id: markId, value: mark.id },
    { id: markOrigin, value: mark.origin ?? '' },
  ];
}

/** The mark of a task: `<origin>/<id>` in a linked resource, or the bare id the old add-in left. */
export function taskMark(task: GraphTask): { readonly mark: Mark; readonly resourceId: string | null } | undefined {
  for (const resource of task.linkedResources) {
    if (resource.applicationName !== applicationName || !resource.externalId) continue;
    const slash = resource.externalId.lastIndexOf('/');
    const id = resource.externalId.slice(slash + 1);
    const mark = slash <= 0 ? { id } : { id, origin: resource.externalId.slice(0, slash) };
    if (id !== '') return { mark, resourceId: resource.id ?? null };
  }
  return undefined;
}

/** The linked resource that carries a mark. To Do shows its name under the task, so it is the title. */
export function markResource(mark: Mark, title: string | null): { readonly [member: string]: string } {
  return {
    applicationName,
    displayName: title === null || title === '' ? applicationName : title,
    externalId: mark.origin === undefined ? mark.id : `${mark.origin}/${mark.id}`,
  };
}

/** Whether an item's mark is the wanted one. A wanted mark without origin is met by any with its id. */
export function sameMark(found: Mark | undefined, wanted: Mark): boolean {
  return found !== undefined && found.id === wanted.id && (wanted.origin === undefined || found.origin === wanted.origin);
}

/**
 * The value of a property; `null` when it is absent or empty. Graph repeats the id as it was asked for, but the letter case of
 * its hexadecimal parts is not promised; names of properties do count letters.
 */
export function extendedValue(properties: readonly ExtendedValue[], id: string): string | null {
  const wanted = foldId(id);
  const value = properties.find((property) => foldId(property.id) === wanted)?.value;
  return value === undefined || value === '' ? null : value;
}

function foldId(id: string): string {
  const name = id.indexOf(' Name ');
  return name < 0 ? id.toLowerCase() : id.slice(0, name).toLowerCase() + id.slice(name);
}
