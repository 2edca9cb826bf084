export { Intake, type Incoming, type Outcome, type Source } from './intake.ts';
export { floorPolicy, type Decide } from './policy.ts';
