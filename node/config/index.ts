export { deviceRulesOf } from './devices.ts';
export { OVERRIDES, type Environment } from './environment.ts';
export { formatConfig, readConfig, writeConfig } from './file.ts';
export { configJsonSchema } from './json-schema.ts';
export { metricsPlaceOf } from './metrics.ts';
export { parseConfig } from './parse.ts';
export { noticePolicyOf } from './recording.ts';
export { retentionPolicyOf } from './retention.ts';
export type { Config } from './schema.ts';
