export type { Custodians } from './custodians.ts';
export type { Holding, SignedAct } from './holding.ts';
export { USUAL_POLICY, type RetentionPolicy, type Schedule } from './policy.ts';
export { openEffects, openRetaining, type Retaining } from './retaining.ts';
