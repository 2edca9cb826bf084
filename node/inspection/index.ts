export type { Declared, Inspection, Risk, Text } from './inspection.ts';
export { InspectionPool, type InspectionPoolOptions } from './inspection-pool.ts';
export { Turns } from './turns.ts';
export type { RiskCode } from './risk-table.ts';
export type { Health, Scanner, ScannerAddress, ScannerLimits, Verdict } from './scanners/scanner.ts';
export { ScannerWatch, type ScannerHealth } from './scanners/scanner-watch.ts';
export { clamdScanner, type ClamdOptions } from './scanners/clamd.ts';
export { icapScanner, type IcapOptions } from './scanners/icap.ts';
export {
  FileFindings,
  isPassing,
  type AttachedFile,
  type FileFindingsOptions,
  type Findings,
  type ScannerVerdict,
} from './file-findings.ts';
