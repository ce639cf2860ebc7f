import countryNames from 'i18n-iso-countries';
import type { AddressRecord } from './records.ts';

/** A region of OroCRM's dictionary. */
export interface Region {
  readonly id: string;
  readonly code: string;
  readonly name: string;
}

/** The countries OroCRM knows, and the regions of those asked for so far. */
export interface Geography {
  /** ISO code of a country given by code or by English or user-language name; `undefined` when it is not one OroCRM knows (rule M24). */
  readonly country: (text: string) => string | undefined;
  /** Name of a region that was loaded. */
  readonly regionName: (id: string) => string | undefined;
  /** The regions of a country, loaded once per session. */
  readonly regions: (country: string) => Promise<readonly Region[]>;
}

/**
 * `names` are the names in OroCRM's own dictionary by ISO code, `language` the user's.
 *
 * Names come from i18n-iso-countries and not from Intl.DisplayNames, which has one name per country: people write
 * "USA", "United States of America" and "Czech Republic", and a country that is not recognised holds its address.
 */
export function createGeography(names: ReadonlyMap<string, string>, language: string, load: (country: string) => Promise<readonly Region[]>): Geography {
  const codes = countryTable(names, language);
  const loaded = new Map<string, Promise<readonly Region[]>>();
  const known = new Map<string, string>();
  return {
    country: (text) => codes.get(fold(text)),
    regionName: (id) => known.get(id),
    regions: (country) => {
      const present = loaded.get(country);
      if (present !== undefined) return present;
      const regions = load(country).then((list) => {
        for (const region of list) known.set(region.id, region.name);
        return list;
      });
      loaded.set(country, regions);
      // A load that failed is tried again by whoever asks next.
      regions.catch(() => loaded.delete(country));
      return regions;
    },
  };
}

/** ISO's countries by code, without a name of OroCRM's: for when its own list is not to be had. */
export function isoCountries(): ReadonlyMap<string, string> {
  return new Map(Object.keys(countryNames.getAlpha2Codes()).map((code) => [code, '']));
}

/** Whether a text means this region of an address: its name, its id or its code (`US-CA`, `CA`). */
export function meansRegion(address: Pick<AddressRecord, 'country' | 'region' | 'regionName' | 'customRegion'>, text: string): boolean {
  const wanted = fold(text);
  if (wanted === '') return regionText(address) === '';
  if (address.region === null) return wanted === fold(address.regionName ?? address.customRegion ?? '');
  const code = address.region.slice(address.region.indexOf('-') + 1);
  return [address.regionName ?? '', address.region, code].some((name) => fold(name) === wanted);
}

/** What an address shows as its region. */
export function regionText(address: Pick<AddressRecord, 'regionName' | 'customRegion'>): string {
  return address.regionName ?? address.customRegion ?? '';
}

/** The region a text names, by name, code or id. */
export function findRegion(regions: readonly Region[], text: string): Region | undefined {
  const wanted = fold(text);
  return regions.find((region) => [region.name, region.code, region.id].some((name) => fold(name) === wanted));
}

function countryTable(names: ReadonlyMap<string, string>, language: string): ReadonlyMap<string, string> {
  const codes = new Map<string, string>();
  const add = (name: string | undefined, code: string): void => {
    const key = fold(name ?? '');
    if (key !== '' && !codes.has(key)) codes.set(key, code);
  };
  for (const code of names.keys()) add(code, code);
  for (const code of names.keys()) add(countryNames.alpha2ToAlpha3(code), code);
  for (const [code, name] of names) add(name, code);
  for (const spoken of new Set(['en', language.split('-', 1)[0] ?? 'en'])) {
    for (const code of names.keys()) {
      for (const name of countryNames.getName(code, spoken, { select: 'all' }) ?? []) add(name, code);
    }
  }
  return codes;
}

/** Letter case, accents, blanks and full stops do not count in a name of a place. */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/\./g, '').replace(/\s+/g, ' ').trim().toLowerCase();
}
