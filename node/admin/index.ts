export { callOperation } from './client.ts';
export { toFailure, type Failure } from './failure.ts';
export { startAdminServer } from './server.ts';
