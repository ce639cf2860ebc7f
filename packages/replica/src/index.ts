export { documentFormat, packClaim, packRecord, unpackClaim, unpackRecord } from './pack.ts';
export { openReplica, type Replica, type Step } from './replica.ts';
