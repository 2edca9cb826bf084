export { findLoss, type Loss, type PartnerHolds } from './loss.ts';
export { takeBack, type TakenBack } from './take-back.ts';
