export { Enforcement } from './enforcement.ts';
export { PolicyDesk } from './policy-desk.ts';
export { policyJsonSchema } from './policy-file.ts';
export { PolicyKeeper } from './policy-keeper.ts';
