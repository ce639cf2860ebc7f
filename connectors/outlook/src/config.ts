import { z } from 'zod';

const id = z.string().trim().min(1);

/** Signed in as the app itself, or as the person: with a code typed at Microsoft, through the hub's page, or with a refresh token from elsewhere. */
const signIn = z.discriminatedUnion('method', [
  z.object({
    method: z.literal('client-credentials'),
    clientSecret: z.string().min(1).meta({ secret: true }).describe('A client secret of the app registration'),
    user: id.describe('Whose mailbox: user principal name or object id'),
  }),
  z.object({ method: z.literal('device-code') }),
  z.object({
    method: z.literal('authorization-code'),
    clientSecret: z.string().min(1).meta({ secret: true }).optional().describe('Only for a confidential app registration ("Web")'),
  }),
  z.object({
    method: z.literal('refresh-token'),
    refreshToken: z.string().min(1).meta({ secret: true }).describe('A refresh token of the person, made with offline_access'),
    clientSecret: z.string().min(1).meta({ secret: true }).optional().describe('Only for a confidential app registration'),
  }),
]);

/** Where the fields are kept that Graph v1.0 has no member for; `null` switches the field off for this mailbox (contract, 5.2 and 15.2). */
const propertyIds = z.object({
  gender: id.nullable().default('Short 0x3A4D'),
  fax: id.nullable().default('String 0x3A24'),
  primaryPhone: id.nullable().default('String 0x3A1A'),
  /** PidTagSensitivity: "private" of a contact (rule S17); read only. */
  sensitivity: id.nullable().default('Integer 0x36'),
});

/** A list, or its words with commas between. */
const words = z.preprocess((value) => (typeof value === 'string' ? value.split(',') : value), z.array(id));
/** Ids or names, `default` for the mailbox's own, `all` for every one; new items go into the first (S16). */
const places = words.refine((list) => list.length > 0, 'names none: leave it out for the default').default(['default']);

const unsafe = 'has to be an https address; plain http only for a simulator on this machine (127.0.0.1, ::1 or localhost)';

/** Settings of the connection to one mailbox. */
export const config = z.object({
  tenant: id.describe('Directory (tenant) id or domain; "consumers" for Outlook.com'),
  clientId: id.describe('Application (client) id of the app registration'),
  signIn,
  authority: z.string().default('https://login.microsoftonline.com').refine(isSafe, unsafe),
  graph: z.string().default('https://graph.microsoft.com').refine(isSafe, unsafe),
  contactFolders: places.describe('Contact folders that are synced'),
  taskLists: places.describe('To Do lists that are synced'),
  calendars: places.describe('Calendars that are synced'),
  excludedFolders: words.default([]).describe('Contact folders, To Do lists and calendars that are left out where "all" are synced'),
  excludedCategories: z.array(z.string()).default([]).describe('Items with one of these Outlook categories count as private'),
  propertyIds: propertyIds.default(propertyIds.parse({})),
});

/** Checked settings. */
export type Config = z.output<typeof config>;

/** A token over plain http is anybody's, except on the machine itself. */
function isSafe(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol } = new URL(address);
  return protocol === 'https:' || isLoopback(address);
}

/** Whether this is plain http to the machine itself. */
export function isLoopback(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && /^(127(\.\d+){3}|\[::1\]|localhost)$/.test(hostname);
}
