export { OfficerCases, type CaseEntry, type CasePage } from './officer-cases.ts';
