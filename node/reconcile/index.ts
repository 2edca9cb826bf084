export type { Finding } from './findings.ts';
export { Reconciler, type Outcome } from './reconciler.ts';
export { ReconcileServer } from './server.ts';
export type { OpenReconcile } from './session.ts';
