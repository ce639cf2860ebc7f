import type { Json } from '../shared/json.ts';

/** A body of the API, as plain JSON. */
export type GraphBody = Readonly<Record<string, Json>>;

/** A marker to be set when the world is planted, because only then the OroCRM id is known: the record's place in its OroCRM list. */
export interface BareMarker {
  readonly of: number;
}

/** A contact as a person keeps it in Outlook. */
export interface GraphContactSeed {
  readonly body: GraphBody;
  readonly marker?: BareMarker;
}

/** A task as a person keeps it in To Do. */
export type GraphTaskSeed = GraphContactSeed;

/** An event, and what became of single occurrences of a series by the day of the pattern, `YYYY-MM-DD`; null is a cancelled one. */
export interface GraphEventSeed extends GraphContactSeed {
  readonly occurrences?: Readonly<Record<string, GraphBody | null>>;
}

/** PS_PUBLIC_STRINGS, where the old add-in left its marker. */
const publicStrings = '{00020329-0000-0000-C000-000000000046}';

/** MAPI properties that Graph v1.0 has no member for. */
export const properties = {
  gender: 'Short 0x3A4D',
  fax: 'String 0x3A24',
  primaryPhone: 'String 0x3A1A',
  /** PidTagSensitivity: 1 personal, 2 private, 3 confidential. */
  sensitivity: 'Integer 0x36',
  marker: `String ${publicStrings} Name OroCRM_id`,
  origin: `String ${publicStrings} Name Syncline_origin`,
} as const;

/** The fingerprint of an OroCRM nobody here is connected to. */
export const foreignOrigin = 'crm.example.net-0000';

/** A body with more extended properties. */
export function withProperties(body: GraphBody, added: readonly { readonly id: string; readonly value: string }[]): GraphBody {
  const present = body['singleValueExtendedProperties'];
  return { ...body, singleValueExtendedProperties: [...(Array.isArray(present) ? (present as readonly Json[]) : []), ...added] };
}

/** A contact or event marked by another OroCRM (rule K13). */
export function markedElsewhere(body: GraphBody, id: string): GraphBody {
  return withProperties(body, [
    { id: properties.marker, value: id },
    { id: properties.origin, value: foreignOrigin },
  ]);
}
