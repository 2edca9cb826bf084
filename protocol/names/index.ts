export { parseAddress, type Address } from './address.ts';
export { parseDomain } from './domain.ts';
export { parseTime } from './time.ts';
