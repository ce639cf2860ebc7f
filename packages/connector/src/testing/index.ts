export { contractChecks, contractSuite, type ContractCheck, type SuiteOptions } from './suite.ts';
export type { Fields, Hook, Service, World } from './world.ts';
