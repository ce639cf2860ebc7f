import t from 'tap';
import { isTest, readPackages } from './checkout.ts';
import { impuritiesOf } from './purity.ts';

t.test('core is pure: it awaits nothing, and reads no clock, chance, disk, network or locale', async (t) => {
  const core = readPackages().find(({ folder }) => folder === 'packages/core');
  const sources = core?.sources.filter((source) => !isTest(source)) ?? [];
  t.ok(sources.length >= 1, 'its sources are found');
  t.same(impuritiesOf(sources), []);
});

// Each line is one impurity and nothing else; the check has to see every one of them, and on its own line.
const impure: readonly [code: string, found: string][] = [
  ['export async function f() {}', 'is async'],
  ['export const f = async () => 1;', 'is async'],
  ['export const f = { async g() {} };', 'is async'],
  ["export const f = import('./x.ts');", 'imports while running'],
  ['export const f = import.meta.url;', 'reads import.meta'],
  ["import { readFileSync } from 'node:fs'; export const f = readFileSync;", 'imports node:fs'],
  ["import type { Doc } from 'yjs'; export type F = Doc;", 'imports yjs'],
  ["export * from 'node:path';", 'imports node:path'],
  ['export const f = Promise.resolve(1);', 'uses Promise'],
  ['export type F = () => Promise<void>;', 'uses the type Promise'],
  ['export interface F extends AsyncIterable<string> {}', 'uses the type AsyncIterable'],
  ['export const f = Date.now();', 'uses Date'],
  ['export const f = new Date(0);', 'uses Date'],
  ['export function f(at: Date) { return at; }', 'uses the type Date'],
  ['export const f = Math.random();', 'uses Math.random, or Math as a value that could be asked for it'],
  ["export const f = Math['random']();", 'uses Math.random, or Math as a value that could be asked for it'],
  ['export const { random } = Math;', 'uses Math.random, or Math as a value that could be asked for it'],
  ['export const f = process.env;', 'uses process'],
  ['export const f = { process };', 'uses process'],
  ['export const f = globalThis;', 'uses globalThis'],
  ['export const f = performance.now();', 'uses performance'],
  ['export const f = crypto.randomUUID();', 'uses crypto'],
  ["export const f = fetch('http://x');", 'uses fetch'],
  ["console.log('x'); export {};", 'uses console'],
  ['export const f = setTimeout(() => 1, 1);', 'uses setTimeout'],
  ['export const f = queueMicrotask;', 'uses queueMicrotask'],
  ["export const f = Buffer.from('x');", 'uses Buffer'],
  ['export type F = NodeJS.Timeout;', 'uses the type NodeJS'],
  ["export const f = ['b', 'a'].sort((a, b) => a.localeCompare(b));", 'uses localeCompare'],
];

t.test('every impurity is found', async (t) => {
  const sources = impure.map(([code], row) => ({ path: `packages/core/src/impure-${row}.ts`, text: `// pure\n${code}\n` }));
  const found = impuritiesOf(sources);
  for (const [row, [code, reason]] of impure.entries()) {
    t.ok(found.includes(`packages/core/src/impure-${row}.ts:2 ${reason}`), code);
  }
});

t.test('what only looks impure is left alone', async (t) => {
  const text = `
    // async, await, Promise, Date.now(), Math.random(), process.env, globalThis, node:fs
    /** A \`Date\` of the other service, \`console\`. */
    export interface Record { readonly date: string; readonly process: number; readonly crypto?: { readonly fetch: string } }
    export const words = ['async', 'Date', 'node:fs', 'localeCompare'];
    export function mean(process: number, fetch: (of: number) => number): Record {
      const performance = Math.max(process, fetch(process)) / Math.LN2;
      return { date: 'Date', process: performance, crypto: { fetch: String(Number.parseInt('1', 10)) } };
    }
    export const sorted = <T>(list: Iterable<T>): readonly T[] => [...new Set(list)].map((one) => one).toSorted();
    export type Names = Readonly<Partial<Pick<Record, 'date'>>> | ReadonlyMap<string, Uint8Array> | undefined;
    export class Failure extends Error { override readonly name = 'Failure'; }
    export const pairs = Object.entries({ a: 1 }).filter(([, value]) => Number.isInteger(value) && !isNaN(value));
  `;
  t.same(impuritiesOf([{ path: 'packages/core/src/pure.ts', text }]), []);
});
