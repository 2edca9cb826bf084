export type { Holding } from './holding.ts';
export { USUAL_POLICY, type RetentionPolicy } from './policy.ts';
export { openEffects, openRetaining, type Retaining } from './retaining.ts';
