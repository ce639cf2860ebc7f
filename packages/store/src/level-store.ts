import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Draft, type KnownState } from './draft.ts';
import type { StoreEnv } from './env.ts';
import { asStoreError, StoreError } from './errors.ts';
import { namesIn } from './files.ts';
import { readFormatFile, writeFormatFile } from './format-file.ts';
import { beginGenerations, openGeneration, type Generation } from './generation-file.ts';
import { GroupWriter } from './group-writer.ts';
import { emptyTally, emptyUserHead } from './heads.ts';
import { openLevel, type LevelDb } from './level-db.ts';
import { LevelUser } from './level-user.ts';
import { takeLock, type Release } from './lock-file.ts';
import { dropKept, keepBeforeOpen, whereKept } from './rescue.ts';
import { StepFile } from './step-file.ts';
import type { Store, UserStore } from './types.ts';
import { readState } from './verify-open.ts';

/** What a new store needs. */
export interface InitOptions {
  /** Name of the hub this store belongs to from now on. */
  readonly hubId: string;
  readonly env: StoreEnv;
}

/** What opening needs. */
export interface OpenOptions {
  readonly env: StoreEnv;
  /** Refuse the store of any other hub. */
  readonly expectHubId?: string;
  /** A person says that this is a copy: what puts back a whole disk cannot be noticed. */
  readonly isRestored?: boolean;
}

/**
 * Creates a store in a folder that is empty or not there yet, and opens it. Throws `store-exists`, `store-locked`,
 * `store-read-failed` or `store-write-failed`. A creation that was interrupted leaves a folder that has to be removed.
 */
export async function initStore(dir: string, options: InitOptions): Promise<Store> {
  const names = (await namesIn(dir)) ?? [];
  if (names.length > 0) {
    const what = names.includes('FORMAT') ? 'already holds a store' : `is not empty (${names.slice(0, 3).join(', ')})`;
    throw new StoreError('store-exists', `${dir} ${what}; nothing was changed`);
  }
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await mkdir(join(dir, 'level'), { mode: 0o700 }); // The folder given may be open to others, a mounted volume for one.
  } catch (error) {
    throw asStoreError(error, 'store-write-failed', `${dir} cannot be created`);
  }
  return openLocked(dir, options.hubId, options.env, async () => {
    const level = await openLevel(join(dir, 'level'), true);
    try {
      return { level, ...(await writeFirst(dir, level, options)) };
    } catch (error) {
      await level.close();
      throw asStoreError(error, 'store-write-failed', `the store in ${dir} cannot be created`);
    }
  });
}

/**
 * Opens a store; never creates one, and never starts with less than was acknowledged. Throws `store-missing`,
 * `store-newer`, `store-other-hub`, `store-locked`, `store-damaged`, `store-read-failed` or `store-write-failed`.
 */
export async function openStore(dir: string, options: OpenOptions): Promise<Store> {
  const hubId = await readFormatFile(dir);
  if (options.expectHubId !== undefined && options.expectHubId !== hubId) {
    throw new StoreError('store-other-hub', `the store in ${dir} belongs to hub ${hubId}, not to ${options.expectHubId}`);
  }
  return openLocked(dir, hubId, options.env, () => openChecked(dir, hubId, options));
}

interface Opened {
  readonly level: LevelDb;
  readonly state: KnownState;
  readonly generation: Generation;
}

async function openLocked(dir: string, hubId: string, env: StoreEnv, open: () => Promise<Opened>): Promise<Store> {
  const release = await takeLock(dir, env);
  let opened: Opened | undefined;
  try {
    opened = await open();
    const steps = await StepFile.open(dir, hubId);
    const level = env.wrapLevel?.(opened.level) ?? opened.level;
    return new LevelStore(hubId, opened.generation, level, steps, new GroupWriter(level, steps, opened.state), release);
  } catch (error) {
    await opened?.level.close();
    await release();
    throw asStoreError(error, 'store-read-failed', `the store in ${dir} cannot be opened`);
  }
}

/** The first write is a flushed one: LevelDB does not open again when a power cut follows its creation too soon. */
async function writeFirst(dir: string, level: LevelDb, { hubId, env }: InitOptions): Promise<Omit<Opened, 'level'>> {
  const nothing: KnownState = { head: { step: 0, users: emptyTally }, users: new Map() };
  const { operations, head } = new Draft(nothing, new Map()).finish();
  await level.batch([...operations], { sync: true });
  await StepFile.create(dir, hubId, head.step);
  const generation = await beginGenerations(dir, env);
  await writeFormatFile(dir, hubId);
  return { state: { ...nothing, head }, generation };
}

async function openChecked(dir: string, hubId: string, { env, isRestored = false }: OpenOptions): Promise<Opened> {
  const step = await StepFile.read(dir, hubId);
  const keptNow = await keepBeforeOpen(dir);
  let level: LevelDb | undefined;
  try {
    level = await openLevel(join(dir, 'level'), false);
    const state = await readState(level, step);
    const generation = await openGeneration(dir, env, isRestored);
    await dropKept(dir);
    return { level, state, generation };
  } catch (error) {
    await level?.close();
    const known = asStoreError(error, 'store-read-failed', `the store in ${dir} cannot be opened`);
    if (known.code !== 'store-locked') throw new StoreError(known.code, `${known.message}. ${whereKept(dir)}`, { cause: known });
    if (keptNow) await dropKept(dir); // Taken while its owner was writing: of no use.
    throw known;
  }
}

class LevelStore implements Store {
  readonly hubId: string;
  readonly generation: number;
  readonly isCopy: boolean;
  readonly #level: LevelDb;
  readonly #steps: StepFile;
  readonly #writer: GroupWriter;
  readonly #release: Release;
  readonly #users = new Map<string, Promise<UserStore>>();
  #closed: Promise<void> | undefined;

  constructor(hubId: string, generation: Generation, level: LevelDb, steps: StepFile, writer: GroupWriter, release: Release) {
    this.hubId = hubId;
    this.generation = generation.number;
    this.isCopy = generation.isNew;
    this.#level = level;
    this.#steps = steps;
    this.#writer = writer;
    this.#release = release;
  }

  async user(userId: string): Promise<UserStore> {
    this.#refuseIfClosed();
    const known = this.#users.get(userId);
    if (known !== undefined) return known;
    const opening = this.#openUser(userId);
    this.#users.set(userId, opening);
    opening.catch(() => this.#users.delete(userId)); // So that it can be tried again; the caller gets the error.
    return opening;
  }

  async users(): Promise<readonly string[]> {
    this.#refuseIfClosed();
    return [...this.#writer.state.users.keys()].sort();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #openUser(userId: string): Promise<UserStore> {
    const user = new LevelUser(userId, this.#level, {
      submit: (change) => this.#writer.submit(userId, change),
      head: () => this.#writer.state.users.get(userId)?.head ?? emptyUserHead,
      generation: this.generation,
    });
    if (this.#writer.state.users.has(userId)) await user.verifyOnOpen();
    else await this.#writer.submit(userId, { type: 'create' });
    return user;
  }

  async #close(): Promise<void> {
    await this.#writer.end();
    try {
      await this.#level.close();
      await this.#steps.close();
    } catch (error) {
      throw asStoreError(error, 'store-write-failed', 'closing failed');
    } finally {
      await this.#release();
    }
  }

  #refuseIfClosed(): void {
    if (this.#closed !== undefined) throw new StoreError('store-closed', 'the store was closed');
  }
}
