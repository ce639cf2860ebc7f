export type { Json, JsonObject } from './shared/json.ts';
export type { Counters, RecordCounts, Simulator, SimulatorEnv } from './shared/simulator.ts';
export { listen, type Listening, type ListenOptions } from './shared/listen.ts';
export { createStateFile, loadState, type Schedule, type StateFile } from './shared/state-file.ts';
