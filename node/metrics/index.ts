export type { Readings } from './readings.ts';
export { startMetrics, type MetricsServer } from './server.ts';
