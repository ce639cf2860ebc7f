import type { Lookups } from '@syncline/core';

/** What Node knows of zones, languages and addresses. */
export const lookups: Lookups = {
  zone: (text) => attempt(() => new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone),
  language: (text) => attempt(() => Intl.getCanonicalLocales(text)[0]),
  origin: (text) => {
    if (!URL.canParse(text)) return undefined;
    const { protocol, origin, href } = new URL(text);
    // A user, a query or a fragment would be dropped in silence.
    return /^https?:$/.test(protocol) && href === `${origin}/` ? origin : undefined;
  },
};

function attempt(work: () => string | undefined): string | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}
