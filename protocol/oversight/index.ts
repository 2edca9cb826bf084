export { ACT_NONCE_BYTES, MAX_ACT_BYTES, openAct, readAct, signAct, type Act, type Deed } from './act.ts';
export { MAX_POLICY_LENGTH, describeAsked, type Asked, type AskedAction } from './asked.ts';
export { entriesOf, runsOf } from './entry-runs.ts';
