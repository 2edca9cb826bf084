export { Disclosure, type DisclosureOptions } from './disclosure.ts';
export { OfficerFiles } from './officer-files.ts';
export { SubjectAccess } from './subject-access.ts';
