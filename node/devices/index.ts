export { Contacts } from './contacts.ts';
export { DeviceControl } from './control.ts';
export { Farewell } from './farewell.ts';
export { Feed } from './feed.ts';
export { OwnDevices } from './own-devices.ts';
export { Revocations } from './revocations.ts';
export { DeviceSessions } from './session.ts';
export { LINGER_MS } from './streams.ts';
