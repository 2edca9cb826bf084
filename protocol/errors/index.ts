export { CODES, isCode, type Code } from './codes.ts';
export { ChanceryError, valueOf } from './chancery-error.ts';
export { accept, refuse, type Facts, type Refusal, type Result } from './result.ts';
