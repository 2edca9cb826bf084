export { Intake, type Incoming, type Outcome, type Source } from './intake.ts';
export { refuseForeign, refuseStranger, refuseUntimely, type OwnRules } from './signer-rules.ts';
export { floorPolicy, type Decide } from './policy.ts';
