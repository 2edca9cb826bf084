export { Intake, fileSourceOf, type Incoming, type Outcome, type Source } from './intake.ts';
export { refuseForeign, refuseStranger, refuseUntimely, type OwnRules } from './signer-rules.ts';
export { refuseFile, type FileRules } from './file-rules.ts';
export { floorPolicy, type Decide } from './policy.ts';
