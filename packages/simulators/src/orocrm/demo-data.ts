import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { OroContactInput, OroSeed } from './seed.ts';
import { countries } from './countries.ts';
import { regions } from './regions.ts';

/** OroCRM's own demo data, read. */
export interface OroDemoData {
  readonly seed: OroSeed;
  /** In words: what was read, what was ignored and why. */
  readonly notes: readonly string[];
}

/** What reading needs from outside; default: the file system. */
export interface DemoDataIo {
  /** File names of a folder. Rejects when there is none. */
  readonly list: (folder: string) => Promise<readonly string[]>;
  /** A file's text, from UTF-8. Rejects when it cannot be read. */
  readonly read: (path: string) => Promise<string>;
}

const fileSystem: DemoDataIo = { list: (folder) => readdir(folder), read: (path) => readFile(path, 'utf8') };

type Row = Readonly<Record<string, string>>;

/**
 * Reads `accounts.csv` (each row one contact), `tasks.csv` and `events.csv` (there or in `../calendar/demo-csv`) of a
 * folder; `nowMs` (UTC ms) is the day to which the days of the events count. Other files are ignored and named.
 * Throws an `Error` with one clear sentence for a folder without any of them and for a row that cannot be read.
 */
export async function loadOroDemoData(folder: string, nowMs: number, io: DemoDataIo = fileSystem): Promise<OroDemoData> {
  let names: readonly string[];
  try {
    names = await io.list(folder);
  } catch (cause) {
    throw new Error(`The folder ${folder} with OroCRM's demo data cannot be read.`, { cause });
  }
  const notes: string[] = [];
  const load = async (name: string, columns: readonly string[]): Promise<readonly Row[]> => {
    const path = await locate(io, folder, name, names);
    if (path === undefined) {
      notes.push(`${name} is not there.`);
      return [];
    }
    return rowsOf(await io.read(path), path, columns);
  };
  const accounts = await load('accounts.csv', ['GivenName', 'Surname']);
  const tasks = await load('tasks.csv', ['subject']);
  const events = await load('events.csv', ['Day', 'Title', 'Start time', 'End time']);
  if (accounts.length + tasks.length + events.length === 0) {
    throw new Error(`The folder ${folder} holds none of accounts.csv, tasks.csv and events.csv with rows in it.`);
  }
  const ignored = names.filter((name) => !['accounts.csv', 'tasks.csv', 'events.csv'].includes(name));
  if (ignored.length > 0) notes.push(`Ignored: ${[...ignored].sort().join(', ')}.`);
  const seed: OroSeed = {
    contacts: accounts.map((row, index) => toContact(row, `accounts.csv, row ${index + 1}`, notes)),
    tasks: tasks.map((row, index) => toTask(row, `tasks.csv, row ${index + 1}`)),
    events: events.map((row, index) => toEvent(row, `events.csv, row ${index + 1}`, nowMs)),
  };
  notes.unshift(`Read ${accounts.length} contacts, ${tasks.length} tasks, ${events.length} events.`);
  return { seed, notes };
}

async function locate(io: DemoDataIo, folder: string, name: string, names: readonly string[]): Promise<string | undefined> {
  if (names.includes(name)) return join(folder, name);
  const beside = join(folder, '..', 'calendar', 'demo-csv');
  const others = await io.list(beside).catch((): readonly string[] => []);
  return others.includes(name) ? join(beside, name) : undefined;
}

function rowsOf(text: string, path: string, columns: readonly string[]): readonly Row[] {
  let rows: Row[];
  try {
    rows = parse(text, { columns: true, bom: true, skip_empty_lines: true, trim: true }) as unknown as Row[];
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${basename(path)} is not readable as CSV: ${words}.`, { cause });
  }
  const first = rows[0];
  const missing = first === undefined ? [] : columns.filter((column) => first[column] === undefined);
  if (missing.length > 0) throw new Error(`${basename(path)} has no column ${missing.map((name) => `"${name}"`).join(', ')}.`);
  return rows;
}

function textOf(row: Row, column: string): string | null {
  const value = row[column];
  return value === undefined || value === '' ? null : value;
}

function toContact(row: Row, where: string, notes: string[]): OroContactInput {
  const gender = textOf(row, 'Gender')?.toLowerCase() ?? null;
  if (gender !== null && gender !== 'male' && gender !== 'female') throw new Error(`${where}: "${gender}" is no gender.`);
  const email = textOf(row, 'EmailAddress');
  const phone = textOf(row, 'TelephoneNumber');
  const country = textOf(row, 'Country');
  const state = textOf(row, 'State');
  const region = country !== null && state !== null && regions.has(`${country}-${state}`) ? `${country}-${state}` : null;
  if (state !== null && country !== null && region === null) notes.push(`${where}: the region ${country}-${state} is not in the dictionary.`);
  if (country !== null && !countries.has(country)) throw new Error(`${where}: "${country}" is no ISO country code.`);
  const firstName = textOf(row, 'GivenName');
  const lastName = textOf(row, 'Surname');
  return {
    namePrefix: textOf(row, 'Title'),
    firstName,
    lastName,
    gender,
    birthday: toBirthday(textOf(row, 'Birthday'), where),
    ...(email === null ? {} : { emails: [email] }),
    ...(phone === null ? {} : { phones: [phone] }),
    ...(country === null
      ? {}
      : {
          addresses: [
            {
              label: 'Primary Address',
              street: textOf(row, 'StreetAddress'),
              city: textOf(row, 'City'),
              postalCode: textOf(row, 'ZipCode'),
              firstName,
              lastName,
              country,
              region,
              primary: true,
            },
          ],
        }),
  };
}

function toBirthday(text: string | null, where: string): string | null {
  if (text === null) return null;
  const [, month = '', day = '', year = ''] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) ?? [];
  if (year === '') throw new Error(`${where}: "${text}" is no date of the form month/day/year.`);
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

function toTask(row: Row, where: string): NonNullable<OroSeed['tasks']>[number] {
  const subject = textOf(row, 'subject');
  if (subject === null) throw new Error(`${where}: the subject is missing.`);
  const priority = textOf(row, 'priority') ?? 'normal';
  if (priority !== 'low' && priority !== 'normal' && priority !== 'high') throw new Error(`${where}: "${priority}" is no priority.`);
  const status = textOf(row, 'status') ?? 'open';
  if (status !== 'open' && status !== 'in_progress' && status !== 'closed') throw new Error(`${where}: "${status}" is no status.`);
  return { subject, description: row['description'] ?? '', priority, status };
}

function toEvent(row: Row, where: string, nowMs: number): NonNullable<OroSeed['events']>[number] {
  const title = textOf(row, 'Title');
  if (title === null) throw new Error(`${where}: the title is missing.`);
  const day = Number(row['Day']);
  if (!Number.isInteger(day)) throw new Error(`${where}: "${row['Day'] ?? ''}" is no day.`);
  const midnight = Math.floor(nowMs / 86_400_000) * 86_400_000 + day * 86_400_000;
  const at = (column: string): number => {
    const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(row[column] ?? '') ?? [];
    if (hour === undefined || minute === undefined) throw new Error(`${where}: "${row[column] ?? ''}" is no time of day.`);
    return midnight + Number(hour) * 3_600_000 + Number(minute) * 60_000;
  };
  const start = at('Start time');
  const end = at('End time');
  if (end < start) throw new Error(`${where}: it ends before it starts.`);
  return {
    title,
    description: textOf(row, 'Description'),
    start,
    end,
    allDay: row['All_day'] === '1',
    backgroundColor: textOf(row, 'background_color'),
  };
}
