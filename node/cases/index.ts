export { CaseDesk } from './case-desk.ts';
export { searchInCase } from './case-search.ts';
export { CaseWork, type Actor } from './case-work.ts';
