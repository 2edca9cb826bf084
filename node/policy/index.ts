export { Enforcement } from './enforcement.ts';
export type { TalkSources } from './message-talk.ts';
export { PolicyDesk, type PastPolicy } from './policy-desk.ts';
export { compilePolicyFile, parsePolicyFile, policyJsonSchema, type PolicyFile } from './policy-file.ts';
export { PolicyKeeper } from './policy-keeper.ts';
export { planOf, type PlannerOptions } from './policy-plan.ts';
export { PROFILES, readProfile } from './profiles.ts';
export { ReviewDesk } from './review-desk.ts';
export { Simulator } from './simulator.ts';
