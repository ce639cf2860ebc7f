import type { AttendeeInput } from './records/events.ts';
import type { AddressTextField, ContactTextField, TargetRef } from './rows.ts';

/** An address as the back office takes it. `id` keeps or changes a present one. */
export type OroAddressInput = { readonly [Name in AddressTextField]?: string | null } & {
  readonly id?: number;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** An id of the dictionary, `US-CA`. */
  readonly region?: string | null;
  readonly types?: readonly ('billing' | 'shipping')[];
  readonly primary?: boolean;
};

/** A contact as the back office takes it; lists are whole, absent members stay. */
export type OroContactInput = { readonly [Name in ContactTextField]?: string | null } & {
  readonly emails?: readonly string[];
  /** Default: the present primary one where it is still listed, else the first. */
  readonly primaryEmail?: string;
  readonly phones?: readonly string[];
  readonly primaryPhone?: string;
  readonly addresses?: readonly OroAddressInput[];
  /** Default on creation: user 1. */
  readonly ownerId?: number | null;
  readonly assignedToId?: number | null;
  readonly source?: string | null;
  readonly method?: string | null;
};

/** A task as the back office takes it. */
export interface OroTaskInput {
  readonly subject?: string;
  readonly description?: string | null;
  /** UTC ms, cut to the second. */
  readonly dueDate?: number | null;
  readonly priority?: 'low' | 'normal' | 'high';
  /** Default `open`; on creation only: later the workflow moves it. */
  readonly status?: 'open' | 'in_progress' | 'closed';
  readonly ownerId?: number | null;
  readonly targets?: readonly TargetRef[];
}

/** The rule of a series; times in UTC ms. */
export interface OroRuleInput {
  readonly recurrenceType: 'daily' | 'weekly' | 'monthly' | 'monthnth' | 'yearly' | 'yearnth';
  /** Months for the yearly types: 12 is every year. */
  readonly interval: number;
  readonly instance?: number;
  readonly dayOfWeek?: readonly string[];
  readonly dayOfMonth?: number;
  readonly monthOfYear?: number;
  readonly startTime: number;
  readonly endTime?: number;
  readonly occurrences?: number;
  /** IANA name; the time of day is kept there. */
  readonly timeZone: string;
}

/** A calendar event as the back office takes it; times in UTC ms, cut to the second. */
export interface OroEventInput {
  readonly title?: string;
  readonly description?: string | null;
  readonly start?: number;
  readonly end?: number;
  readonly allDay?: boolean;
  readonly backgroundColor?: string | null;
  /** The calendar of the user of the same id; default on creation: 1. */
  readonly calendarId?: number | null;
  readonly uid?: string;
  readonly attendees?: readonly AttendeeInput[];
  readonly recurrence?: OroRuleInput | null;
  readonly recurringEventId?: number;
  readonly originalStart?: number;
  readonly isCancelled?: boolean;
}

/** Records to start with, made as the back office would. */
export interface OroSeed {
  readonly contacts?: readonly OroContactInput[];
  readonly tasks?: readonly (OroTaskInput & { readonly subject: string })[];
  readonly events?: readonly (OroEventInput & { readonly title: string; readonly start: number; readonly end: number })[];
}
