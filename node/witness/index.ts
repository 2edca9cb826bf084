export { OwnLog, type HaltStore } from './own-log.ts';
export { OwnTree } from './own-tree.ts';
export { logOf, type PartnerLog } from './partner-log.ts';
export { PartnerLogs } from './partner-logs.ts';
export { WitnessServer } from './server.ts';
export { checkAtStart } from './start-check.ts';
export { Submitter } from './submitter.ts';
export { Witness } from './witness.ts';
