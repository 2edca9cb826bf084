export {
  ALLOWED,
  CONTROLS,
  MAX_FINDINGS,
  decisionOf,
  type Control,
  type Decision,
  type Finding,
  type Reason,
} from './decision.ts';
export {
  MAX_POLICY_BYTES,
  ATTACHMENT_STATES,
  type AttachmentState,
  OUTCOMES,
  policyShape,
  type Outcome,
  type PolicyDocument,
  type Rule,
} from './document.ts';
export {
  differenceOf,
  isDifferent,
  unversioned,
  type NamedChange,
  type PolicyDifference,
  type RuleChange,
} from './difference.ts';
export { withinHours } from './hours.ts';
export type { Level } from './level.ts';
export { compilePolicy, type Policy } from './policy.ts';
export { reachOf, type Party, type Reach } from './reach.ts';
export { smellsOf } from './smells.ts';
export type { FoundInFile, PlacedText, Talk, TalkFile, TalkLink } from './talk.ts';
export type { Participant } from './who.ts';
