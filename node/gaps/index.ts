export { Canary, type CanaryResult } from './canary/canary.ts';
export { wordingOf } from './canary/wording.ts';
export { SEVERITIES, type Gap } from './gap.ts';
export { GapWatch } from './gap-watch.ts';
export type { GapSources } from './gaps.ts';
export { hasSeveralWays } from './canary/specimen.ts';
export { RuleAges, type PolicyThen } from './rule-ages.ts';
export type { WatchedScanner } from './scanners.ts';
