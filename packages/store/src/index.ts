/** What a hub keeps on disk for its users: update log, native records, cursors, intents, history, state. */
export { nodeEnv, type StoreEnv } from './env.ts';
export { StoreError, storeErrorCodes, type StoreErrorCode } from './errors.ts';
export type { LevelDb } from './level-db.ts';
export { initStore, openStore, type InitOptions, type OpenOptions } from './level-store.ts';
export { MemoryDisk, memoryStore, type MemoryOptions, type MemoryRows } from './memory-store.ts';
export type { Batch, EntriesOptions, Json, LogEntry, Space, Store, UpdateLog, UserStore } from './types.ts';
export { verifyStore, type VerifyReport } from './verify-store.ts';
