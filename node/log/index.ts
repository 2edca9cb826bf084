export { createLogger, type LoggerOptions } from './logger.ts';
export { printable, printableJson } from './printable.ts';
