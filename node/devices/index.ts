export { Feed } from './feed.ts';
export { DeviceSessions } from './session.ts';
