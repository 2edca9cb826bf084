export { Backoff } from './backoff.ts';
export { Connection, type ConnectionState } from './connection.ts';
export { proveNode, within } from './node-identity.ts';
export { Requests } from './requests.ts';
export { openSession, type Session } from './open-session.ts';
