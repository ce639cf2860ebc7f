export { run } from './run.ts';
export { Complaint, type World } from './world.ts';
