export {
  CONTROLS,
  MAX_FINDINGS,
  type Control,
  type Decision,
  type Finding,
  type Reason,
} from './decision.ts';
export {
  MAX_POLICY_BYTES,
  OUTCOMES,
  policyShape,
  type Outcome,
  type PolicyDocument,
  type Rule,
} from './document.ts';
export { withinHours } from './hours.ts';
export type { Level } from './level.ts';
export { compilePolicy, type Policy } from './policy.ts';
export type { PlacedText, Talk, TalkFile, TalkLink } from './talk.ts';
export type { Participant } from './who.ts';
