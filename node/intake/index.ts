export {
  Intake,
  fileSourceOf,
  type Incoming,
  type IntakeOptions,
  type Outcome,
  type Source,
} from './intake.ts';
export { refuseForeign, refuseStranger, refuseUntimely, type OwnRules } from './signer-rules.ts';
export { refuseFile, type FileRules } from './file-rules.ts';
export { ADMITTED, floorPolicy, type Decide, type Occasion, type Ruling } from './policy.ts';
