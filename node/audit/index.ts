export { auditLog, type AuditFault } from './audit.ts';
