export { signedBytes, type Context } from './context.ts';
