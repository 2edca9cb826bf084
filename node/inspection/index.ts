export type { Declared, Inspection, Risk, Text } from './inspection.ts';
export { inspectFile } from './inspect-file.ts';
export { InspectionPool, type InspectionPoolOptions } from './inspection-pool.ts';
export { RISK_CODES, type RiskCode } from './risk-table.ts';
