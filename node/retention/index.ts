export { USUAL_POLICY, type RetentionPolicy } from './policy.ts';
export { openRetaining, type Retaining } from './retaining.ts';
