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
  ATTACHMENT_STATES,
  type AttachmentState,
  policyShape,
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
  type SettingChange,
} from './difference.ts';
export { withinHours } from './hours.ts';
export type { Level } from './level.ts';
export { OUTCOMES, type Outcome } from './outcome.ts';
export { compilePolicy, type Policy } from './policy.ts';
export { reachOf, type Party, type Reach } from './reach.ts';
export { MAX_POLICY_BYTES } from './size.ts';
export { smellsOf } from './smells.ts';
export type { FoundInFile, PlacedText, Talk, TalkFile, TalkLink } from './talk.ts';
export type { Participant } from './who.ts';
