export { Backoff } from './backoff.ts';
export { Connection, type ConnectionState } from './connection.ts';
export { proveNode, within } from './node-identity.ts';
export { Requests } from './requests.ts';
export { askStanding, openSession, reportWipe, type Session } from './open-session.ts';
export { isRevoked, mayBeRevoked, reportWiped } from './revocation.ts';
