export { Enforcement } from './enforcement.ts';
export { InspectedFiles } from './inspected-files.ts';
export { PolicyDesk } from './policy-desk.ts';
export { policyJsonSchema } from './policy-file.ts';
export { PolicyKeeper } from './policy-keeper.ts';
export { ReviewDesk } from './review-desk.ts';
