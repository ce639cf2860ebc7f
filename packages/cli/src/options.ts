import { parseArgs } from 'node:util';
import { nearest } from '@syncline/hub';
import { Complaint } from './world.ts';

/** One option of a command. `value`: what it takes, in the words of the help; absent for a switch. */
export interface OptionSpec {
  readonly value?: string;
  readonly help: string;
}

/** What was given. A switch that was given is `true`. */
export interface Given {
  readonly values: { readonly [name: string]: string | true | undefined };
  readonly words: readonly string[];
}

/** Options that every command takes. */
export const everywhere: { readonly [name: string]: OptionSpec } = {
  json: { help: 'one line of JSON on stdout' },
  help: { help: 'this text' },
};

/** Reads a command's arguments. Throws a {@link Complaint} for an option nobody knows, with the nearest that there is. */
export function readOptions(args: readonly string[], specs: { readonly [name: string]: OptionSpec }, command: string): Given {
  const all = { ...specs, ...everywhere };
  const options = Object.fromEntries(Object.entries(all).map(([name, { value }]) => [name, { type: value === undefined ? ('boolean' as const) : ('string' as const) }]));
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const values: Record<string, string | true> = {};
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const spec = Object.hasOwn(all, token.name) ? all[token.name] : undefined;
    if (spec === undefined) throw new Complaint(`Unknown option ${token.rawName}${nearestOption(token.name, Object.keys(all))}; "syncline ${command} --help" lists them.`);
    if (spec.value === undefined && token.value !== undefined) throw new Complaint(`${token.rawName} takes no value.`);
    // `--port --json`: parseArgs would take the second for the first one's value.
    const missing = token.value === undefined || token.value === '' || (!token.inlineValue && token.value.startsWith('-'));
    if (spec.value !== undefined && missing) throw new Complaint(`${token.rawName} needs a value: ${spec.value}.`);
    values[token.name] = token.value ?? true;
  }
  return { values, words };
}

/** A whole number in a range, or `undefined` where the option was not given. */
export function wholeNumber({ values }: Given, name: string, least: number, most: number): number | undefined {
  const text = textOf(values[name]);
  if (text === undefined) return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) throw new Complaint(`--${name} must be a whole number from ${least} to ${most}, not "${text}".`);
  return number;
}

/** One of a few words, or `undefined`. */
export function oneOf<W extends string>({ values }: Given, name: string, words: readonly W[]): W | undefined {
  const text = textOf(values[name]);
  if (text === undefined) return undefined;
  const found = words.find((word) => word === text);
  if (found === undefined) throw new Complaint(`--${name} must be one of ${words.join(', ')}, not "${text}"${nearest(text, words)}.`);
  return found;
}

/** An option's text, or `undefined`. */
export function textOf(value: string | true | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function nearestOption(name: string, names: readonly string[]): string {
  return nearest(name, names).replace('"', '"--');
}
