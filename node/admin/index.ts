export { callOperation } from './client.ts';
export { startAdminServer } from './server.ts';
