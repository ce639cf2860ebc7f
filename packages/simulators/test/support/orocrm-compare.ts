import { isObject } from '../../src/shared/json.ts';

/** `values`: everything but what chance decides; `shape`: which keys there are, and of which type values are. */
export type Comparison = 'values' | 'shape';

/** Differences between a recorded body and ours, each with its place. */
export function compareBodies(recorded: unknown, actual: unknown, how: Comparison, path: string): string[] {
  const problems: string[] = [];
  const [a, b] = isUnordered(path) ? [byId(recorded), byId(actual)] : [recorded, actual];
  compare(a, b, how, '', problems);
  return problems;
}

// The page mode of the old event list has no order.
const isUnordered = (path: string): boolean => path.includes('calendarevents.json?') && path.includes('page=');

function byId(value: unknown): unknown {
  if (!Array.isArray(value) || value.some((item) => !isObject(item))) return value;
  return [...(value as { id: number }[])].sort((x, y) => x.id - y.id);
}

const times = new Set(['createdAt', 'updatedAt', 'loggedAt']);
/** Made by chance, or by what happened before the recording. */
const chance = new Set(['access_token', 'refresh_token', 'uid', 'aggregateTime', 'lastLogin', 'loginCount', 'expires_in']);

function compare(recorded: unknown, actual: unknown, how: Comparison, at: string, problems: string[]): void {
  if (Array.isArray(recorded)) return compareLists(recorded, actual, how, at, problems);
  if (isObject(recorded)) {
    if (!isObject(actual)) {
      problems.push(`${at}: ${JSON.stringify(actual)} instead of an object`);
      return;
    }
    const names = Object.keys(recorded);
    const ours = Object.keys(actual);
    for (const name of names) if (!ours.includes(name)) problems.push(`${at}/${name} is missing`);
    for (const name of ours) if (!names.includes(name) && !(how === 'shape' && at === '/links')) problems.push(`${at}/${name} is too much`);
    for (const name of names) if (ours.includes(name)) compareMember(name, recorded[name], actual[name], how, `${at}/${name}`, problems);
    return;
  }
  compareScalars(recorded, actual, how, at, problems);
}

function compareMember(name: string, recorded: unknown, actual: unknown, how: Comparison, at: string, problems: string[]): void {
  if (chance.has(name)) {
    if (typeof recorded !== typeof actual && recorded !== null && actual !== null) problems.push(`${at}: another type`);
    return;
  }
  if (times.has(name) && typeof recorded === 'string' && typeof actual === 'string' && how === 'values') {
    const seconds = Math.abs(Date.parse(recorded) - Date.parse(actual)) / 1000;
    // `Z` or `+00:00`, and the second in which the request ended.
    if (recorded.length !== actual.length || !(seconds <= 1)) problems.push(`${at}: ${actual} instead of ${recorded}`);
    return;
  }
  compare(recorded, actual, how, at, problems);
}

function compareLists(recorded: readonly unknown[], actual: unknown, how: Comparison, at: string, problems: string[]): void {
  if (!Array.isArray(actual)) {
    problems.push(`${at}: ${JSON.stringify(actual)} instead of a list`);
    return;
  }
  const last = recorded.at(-1);
  const isCut = typeof last === 'string' && /^<.*more.*>$/.test(last);
  const shown = isCut ? recorded.slice(0, -1) : recorded;
  if (how === 'values') {
    if (isCut ? actual.length < shown.length : actual.length !== shown.length) problems.push(`${at}: ${actual.length} items instead of ${shown.length}`);
    for (const [index, item] of shown.entries()) if (index < actual.length) compare(item, actual[index], how, `${at}/${index}`, problems);
  } else if (shown[0] !== undefined && actual[0] !== undefined) compare(shown[0], actual[0], how, `${at}/0`, problems);
}

function compareScalars(recorded: unknown, actual: unknown, how: Comparison, at: string, problems: string[]): void {
  const long = typeof recorded === 'string' ? /^<(\d+) characters>$/.exec(recorded) : null;
  if (long !== null) {
    if (typeof actual !== 'string' || actual.length !== Number(long[1])) problems.push(`${at}: another length`);
    return;
  }
  if (recorded === actual) return;
  const sameType = typeof recorded === typeof actual || recorded === null || actual === null;
  if (how === 'values' || !sameType) problems.push(`${at}: ${JSON.stringify(actual)} instead of ${JSON.stringify(recorded)}`);
}
