export type { Check } from './check.ts';
export { examine } from './examine.ts';
export type { DoctorTools } from './input.ts';
