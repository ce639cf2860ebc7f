import { z } from 'zod';

/** An e-mail entry as Graph holds it; both parts may be missing. */
export type EmailEntry = { readonly name: string | null; readonly address: string | null };

/** Graph's `physicalAddress`; what is missing is empty. Street lines are separated by line ends. */
export type PostalAddress = {
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly postalCode: string;
  readonly countryOrRegion: string;
};

/** Graph's `dateTimeTimeZone`: a wall time and the name of its zone. */
export type ZonedTime = { readonly dateTime: string; readonly timeZone: string };

/**
 * The mapped part of a Graph `contact`, with the MAPI properties Graph v1.0 has no member for beside it (contract, 5.2).
 * `null` is nothing; of `givenName` and `surname` an empty string is nothing too, but *written* nothing: see the lenses of names.
 */
export type ContactRecord = {
  readonly givenName: string | null;
  readonly middleName: string | null;
  readonly surname: string | null;
  readonly generation: string | null;
  /** Kept with every write when a person made it by hand (rule M26). */
  readonly displayName: string | null;
  readonly fileAs: string | null;
  readonly personalNotes: string | null;
  readonly jobTitle: string | null;
  readonly emailAddresses: readonly EmailEntry[];
  /** An instant; only its UTC date counts (rule M19). */
  readonly birthday: string | null;
  readonly businessAddress: PostalAddress;
  readonly homeAddress: PostalAddress;
  readonly otherAddress: PostalAddress;
  /** `0` unspecified, `1` female, `2` male; MAPI 0x3A4D. */
  readonly gender: string | null;
  /** MAPI 0x3A24. */
  readonly fax: string | null;
  /** MAPI 0x3A1A. */
  readonly primaryPhone: string | null;
};

/** The mapped part of a Graph `todoTask`. */
export type TaskRecord = {
  readonly title: string;
  readonly importance: string;
  /** One of Graph's five words. */
  readonly status: string;
  readonly dueDateTime: ZonedTime | null;
  /** Id of the linked resource that carries the mark: to replace it, not to add a second one. */
  readonly markId: string | null;
};

/** The mapped part of a Graph `event`. Times are read in UTC; `zone` is the one the event was made in. */
export type EventRecord = {
  readonly subject: string;
  readonly start: ZonedTime;
  readonly end: ZonedTime;
  readonly isAllDay: boolean;
  /** A Windows or IANA name; `null` when Graph does not tell. Written times are expressed in it (rule M36). */
  readonly zone: string | null;
};

const text = z.string().nullish().transform((value) => (value === undefined || value === '' ? null : value));
const part = z.string().nullish().transform((value) => value ?? '');
const zoned = z.object({ dateTime: z.string(), timeZone: z.string().nullish().transform((value) => value ?? 'UTC') });

/** Graph sends an empty address as `{}`. */
const address = z
  .object({ street: part, city: part, state: part, postalCode: part, countryOrRegion: part })
  .nullish()
  .transform((value) => value ?? emptyAddress);

export const emptyAddress: PostalAddress = { street: '', city: '', state: '', postalCode: '', countryOrRegion: '' };

const item = {
  id: z.string().min(1),
  '@odata.etag': z.string().optional(),
  changeKey: z.string().optional(),
  createdDateTime: z.string().nullish(),
  lastModifiedDateTime: z.string().nullish(),
  categories: z.array(z.string().nullable()).nullish().transform((value) => (value ?? []).filter((name) => name !== null)),
};

const extended = z
  .array(z.object({ id: z.string(), value: z.string().nullish().transform((value) => value ?? null) }))
  .nullish()
  .transform((value) => value ?? []);

/** An extended property as Graph shows it under `$expand`. */
export type ExtendedValue = { readonly id: string; readonly value: string | null };

export const graphContact = z.object({
  ...item,
  parentFolderId: z.string().nullish(),
  givenName: text,
  middleName: text,
  surname: text,
  generation: text,
  displayName: text,
  fileAs: text,
  personalNotes: text,
  jobTitle: text,
  emailAddresses: z
    .array(z.object({ name: z.string().nullish().transform((value) => value ?? null), address: z.string().nullish().transform((value) => value ?? null) }))
    .nullish()
    .transform((value) => value ?? []),
  birthday: text,
  businessAddress: address,
  homeAddress: address,
  otherAddress: address,
  singleValueExtendedProperties: extended,
});

export const graphTask = z.object({
  ...item,
  title: part,
  importance: z.string(),
  status: z.string(),
  dueDateTime: zoned.nullish().transform((value) => value ?? null),
  linkedResources: z
    .array(z.object({ id: z.string().nullish(), applicationName: z.string().nullish(), externalId: z.string().nullish() }))
    .nullish()
    .transform((value) => value ?? []),
});

export const graphEvent = z.object({
  ...item,
  subject: part,
  start: zoned,
  end: zoned,
  isAllDay: z.boolean().nullish().transform((value) => value ?? false),
  originalStartTimeZone: text,
  sensitivity: z.string().nullish(),
  type: z.string().nullish(),
  seriesMasterId: text,
  isOrganizer: z.boolean().nullish(),
  organizer: z.object({ emailAddress: z.object({ name: z.string().nullish(), address: z.string().nullish() }).nullish() }).nullish(),
  attendees: z.array(z.unknown()).nullish().transform((value) => value ?? []),
  singleValueExtendedProperties: extended,
});

export type GraphContact = z.output<typeof graphContact>;
export type GraphTask = z.output<typeof graphTask>;
export type GraphEvent = z.output<typeof graphEvent>;

/** A row of a delta page, before it is known to be a whole item. */
export const deltaRow = z.looseObject({
  id: z.string().min(1),
  '@removed': z.unknown().optional(),
  '@odata.etag': z.string().optional(),
  changeKey: z.string().optional(),
  seriesMasterId: z.string().nullish(),
});

export type DeltaRow = z.output<typeof deltaRow>;

const link = z.string().nullish().transform((value) => value ?? undefined);

/** A page of any collection. */
export const graphPage = z.object({
  value: z.array(z.unknown()),
  '@odata.nextLink': link,
  '@odata.deltaLink': link,
});

/** The version of an item: its etag, which is what `If-Match` takes; the change key only where there is none (contract, 2.4). */
export function versionOf(item: { readonly '@odata.etag'?: string | undefined; readonly changeKey?: string | undefined }): string {
  return item['@odata.etag'] ?? item.changeKey ?? '';
}

/** UTC ms of one of Graph's time stamps; `undefined` where there is none. */
export function instantOf(stamp: string | null | undefined): number | undefined {
  const ms = stamp ? Date.parse(stamp) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
