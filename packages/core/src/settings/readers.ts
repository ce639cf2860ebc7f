import { fieldsOf, type Kind } from '../model/kinds.ts';
import { Refusal, type Lookups, type Setting } from './setting.ts';

/** What a setting takes, in words and as a reader. */
export type Takes = Pick<Setting, 'takes' | 'read'>;

/** A whole number of a range, both ends included; also as text, as the environment has it. */
export function whole(least: number, most: number, unit = ''): Takes {
  return {
    takes: `a whole number ${unit === '' ? '' : `of ${unit} `}from ${least} to ${most}`,
    read: (value) => {
      const number = typeof value === 'string' && /^-?\d+$/.test(value.trim()) ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most) throw new Refusal();
      return number;
    },
  };
}

/** One of a few words, as they are written. */
export function choice(...words: readonly string[]): Takes {
  return {
    takes: `one of ${words.join(', ')}`,
    read: (value) => {
      if (typeof value !== 'string' || !words.includes(value)) throw new Refusal();
      return value;
    },
  };
}

const yesAndNo: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([[true, true], [false, false], ['yes', true], ['no', false], ['true', true], ['false', false]]);

/** Yes or no; YAML's and the environment's words for it. */
export function yesNo(): Takes {
  return {
    takes: 'yes or no',
    read: (value) => {
      const found = yesAndNo.get(typeof value === 'string' ? value.toLowerCase() : value);
      if (found === undefined) throw new Refusal();
      return found;
    },
  };
}

/** Text on one line. */
export function text(takes = 'a text that is not empty'): Takes {
  return {
    takes,
    read: (value) => {
      if (typeof value !== 'string' || value.trim() === '' || /\p{Cc}/u.test(value)) throw new Refusal();
      return value.trim();
    },
  };
}

/** 256 bits as text. */
export function keyOf32Bytes(): Takes {
  return {
    takes: '32 bytes in base64 or as 64 hexadecimal digits',
    read: (value) => {
      if (typeof value !== 'string' || !/^([\da-f]{64}|[\w+/-]{43}=?)$/i.test(value.trim())) throw new Refusal();
      return value.trim();
    },
  };
}

/** What the machine has to know: {@link Lookups}. */
export function known(what: keyof Lookups, takes: string): Takes {
  return {
    takes,
    read: (value, lookups) => {
      const found = typeof value === 'string' ? lookups[what](value) : undefined;
      if (found === undefined) throw new Refusal();
      return found;
    },
  };
}

/** Texts without commas, one at least; as a list or separated by commas. Reads as `Work, default`. */
export function names(): Takes {
  return {
    takes: 'one or more names, separated by commas',
    read: (value) => {
      const trimmed = partsOf(value);
      if (trimmed.length === 0 || trimmed.some((one) => one === '' || /[\p{Cc},]/u.test(one))) throw new Refusal();
      return [...new Set(trimmed)].join(', ');
    },
  };
}

/** Rule K5: fields of a kind, one at least; as a list or separated by commas. Reads as `title, start`. */
export function keyFields(kind: Kind): Takes {
  const fields = Object.keys(fieldsOf(kind));
  return {
    takes: `one or more of ${fields.join(', ')}, separated by commas`,
    read: (value) => {
      const trimmed = partsOf(value);
      if (trimmed.length === 0 || trimmed.some((one) => !fields.includes(one))) throw new Refusal();
      return [...new Set(trimmed)].join(', ');
    },
  };
}

function partsOf(value: unknown): readonly string[] {
  const parts: readonly unknown[] = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [];
  return parts.map((one) => (typeof one === 'string' ? one.trim() : ''));
}
