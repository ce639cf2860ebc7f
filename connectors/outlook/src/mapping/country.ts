import countries from 'i18n-iso-countries';

/** Recognises and names countries (rule M24): by ISO code, English name or the name in the user's language. */
export interface Countries {
  /** ISO 3166 two-letter code; `undefined` for text that names no country. */
  readonly codeOf: (text: string) => string | undefined;
  /** The name as written to Outlook, in the user's language; `undefined` for no code. */
  readonly nameOf: (code: string) => string | undefined;
}

/** @param language BCP 47; a language without names falls back to English. */
export function countriesIn(language: string): Countries {
  const base = language.split('-', 1)[0]?.toLowerCase() ?? 'en';
  const own = countries.getSupportedLanguages().includes(base) ? base : 'en';
  const codes = new Map<string, string>();
  // The user's language last: where a name means two countries, it decides.
  for (const name of new Set(['en', own])) {
    for (const [code, names] of Object.entries(countries.getNames(name, { select: 'all' }))) {
      for (const one of names) codes.set(fold(one), code);
    }
  }
  return {
    codeOf: (text) => codes.get(fold(text)) ?? isoCode(text),
    nameOf: (code) => countries.getName(code, own) ?? countries.getName(code, 'en'),
  };
}

function isoCode(text: string): string | undefined {
  const code = text.trim().toUpperCase();
  // The library takes numbers too, but a number is no country to a person.
  return /^[A-Z]{2,3}$/.test(code) ? countries.toAlpha2(code) : undefined;
}

function fold(text: string): string {
  return text.normalize('NFC').trim().toLowerCase();
}
