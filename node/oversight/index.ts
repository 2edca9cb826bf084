export { Oversight, type Acting } from './oversight.ts';
export { OversightDesk, type OversightRequest } from './desk.ts';
export { type FourEyes, type OversightPolicy, type OversightRules } from './oversight-policy.ts';
export { Permission } from './permission.ts';
export { PolicyInForce } from './policy-in-force.ts';
