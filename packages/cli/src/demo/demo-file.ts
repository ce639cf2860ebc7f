import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Complaint } from '../world.ts';

/** Tells that a data folder is the demo's, and how its data was made. */
export const demoFile = 'demo.json';

/** How the demo's data was made; it cannot be changed afterwards. */
export interface DemoData {
  readonly seed: number;
  readonly users: number;
  /** Folder with OroCRM's own demo data, absolute; null for generated data. */
  readonly orocrmData: string | null;
}

/** What stands in the file. */
export interface DemoFile extends DemoData {
  readonly format: 1;
  /** Of the OroCRM simulator: its address is part of what records are marked with, so it stays. */
  readonly orocrmPort: number;
}

/** Reads a demo's folder; `undefined` where there is nothing yet. Throws a `Complaint` for a folder of something else. */
export async function readDemoFile(folder: string): Promise<DemoFile | undefined> {
  const names = await namesIn(folder);
  if (names.length === 0) return undefined;
  if (!names.includes(demoFile)) {
    const foreign = names.filter((name) => !isOurs(name));
    if (foreign.length > 0) throw new Complaint(`${folder} is no folder of the demo (it holds ${foreign.slice(0, 3).join(', ')}): set SYNCLINE_DATA to another folder.`);
    throw new Complaint(`${folder} was left half made: start with --fresh to begin anew.`);
  }
  const value = parse(await readFile(join(folder, demoFile), 'utf8'));
  if (value?.format === 1) return value as unknown as DemoFile;
  if (typeof value?.format === 'number' && value.format > 1) throw new Complaint(`${folder} was made by a newer version of Syncline: use that one, or start with --fresh to begin anew.`);
  throw new Complaint(`${join(folder, demoFile)} cannot be read: start with --fresh to begin anew.`);
}

/** One sentence when data that is there was made otherwise than is asked for now. */
export function refuseOtherData(folder: string, made: DemoData, asked: Partial<DemoData>): void {
  const words: { readonly [Name in keyof DemoData]: (value: DemoData[Name]) => string } = {
    seed: (seed) => `--seed ${seed}`,
    users: (users) => `--users ${users}`,
    orocrmData: (data) => (data === null ? 'generated data' : `--orocrm-data ${data}`),
  };
  const differs = <Name extends keyof DemoData>(name: Name): string | undefined => (asked[name] === undefined || asked[name] === made[name] ? undefined : words[name](made[name]));
  const made_ = [differs('seed'), differs('users'), differs('orocrmData')].filter((one) => one !== undefined);
  if (made_.length > 0) throw new Complaint(`The data in ${folder} was made with ${made_.join(' and ')}: leave that option out to go on with it, or add --fresh to begin anew.`);
}

export async function writeDemoFile(folder: string, content: DemoFile): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, demoFile), `${JSON.stringify(content)}\n`);
}

/** Removes a demo's data. Throws a `Complaint` when the folder holds anything that is not the demo's. */
export async function removeDemo(folder: string): Promise<void> {
  const foreign = (await namesIn(folder)).filter((name) => !isOurs(name));
  if (foreign.length > 0) throw new Complaint(`${folder} also holds ${foreign.slice(0, 3).join(', ')}, which is not the demo's: nothing was removed.`);
  await rm(folder, { recursive: true, force: true });
}

function isOurs(name: string): boolean {
  return name === demoFile || name === 'store' || name === 'running.json' || /^(orocrm|graph)\.json(\.new)?$/.test(name);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new Complaint(`${folder} cannot be read: ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
  }
}

function parse(text: string): { readonly format?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
