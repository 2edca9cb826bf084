export { createLogger, type LoggerOptions } from './logger.ts';
export { printable } from './printable.ts';
