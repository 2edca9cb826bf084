export { callOperation } from './client.ts';
export { toFailure, type Failure } from './failure.ts';
export { startAdminServer, type AdminServer, type AdminServerOptions } from './server.ts';
