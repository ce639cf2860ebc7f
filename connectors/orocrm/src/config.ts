import { z } from 'zod';

const filled = (name: string): z.ZodString => z.string({ error: `${name} is missing` }).trim().min(1, { error: `${name} is missing` });
const minutes = (least: number, preset: number): z.ZodDefault<z.ZodNumber> =>
  z.int({ error: `must be a whole number from ${least} to 1440` }).min(least, { error: `must be from ${least} to 1440` }).max(1440, { error: `must be from ${least} to 1440` }).default(preset);

const scope = z.enum(['all', 'owned', 'assigned']);

/** The settings of an OroCRM connection. */
export const configSchema = z.strictObject({
  /** The address of the back office; with OroCommerce it ends in `/admin`. */
  url: filled('OroCRM URL').refine(isAddress, { error: 'OroCRM URL must be an address that begins with https:// or http:// and holds no user or password' }),
  auth: z.discriminatedUnion(
    'signIn',
    [
      z.strictObject({ signIn: z.literal('client-credentials'), clientId: filled('Client ID'), clientSecret: filled('Client secret') }),
      z.strictObject({ signIn: z.literal('password'), clientId: filled('Client ID'), clientSecret: filled('Client secret'), user: filled('User'), password: z.string({ error: 'Password is missing' }).min(1, { error: 'Password is missing' }) }),
      z.strictObject({ signIn: z.literal('wsse'), user: filled('User'), apiKey: filled('API Key') }),
    ],
    { error: 'sign-in must be "client-credentials" or "password" (both OAuth 2.0), or "wsse" (user and API key, OroCRM 6.0 and older)' },
  ),
  /** Which contacts (rule S16): all the user may see, those owned by, or those assigned to the user. */
  contactsScope: scope.default('all'),
  /** Which tasks; OroCRM's tasks are not assigned to anybody but their owner. */
  tasksScope: z.enum(['all', 'owned']).default('owned'),
  /** Records per answer. 5,458 contacts with addresses took 4.4 s in one answer, 0.8 s per thousand. */
  pageSize: z.int().min(1).max(5000).default(500),
  /** How far back of the last position a read begins; what took longer to be committed shows in the comparison of ids. */
  overlapSeconds: z.int().min(2).max(600).default(10),
  /** How often ids and `updatedAt` are compared (rule A14). */
  idComparisonMinutes: minutes(1, 15),
  /** How often contacts are compared whole, with e-mails, phones and addresses (rule A14). */
  contentComparisonMinutes: minutes(5, 60),
});

/** Checked settings: where OroCRM is, how to sign in, which records, and how often all is compared. Periods are in the unit their name ends in. */
export type Config = z.output<typeof configSchema>;

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

/** The address without a slash at its end: `https://crm.example.com/admin`. */
export function baseOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}
