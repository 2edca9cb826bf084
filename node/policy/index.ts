export { Enforcement } from './enforcement.ts';
export type { TalkSources } from './message-talk.ts';
export { PolicyDesk } from './policy-desk.ts';
export { policyJsonSchema } from './policy-file.ts';
export { PolicyKeeper } from './policy-keeper.ts';
export { withRuleOn } from './rule-on.ts';
export { ReviewDesk } from './review-desk.ts';
