export { CONTEXTS, signedBytes, type Context } from './context.ts';
