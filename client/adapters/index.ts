export { defaultHome } from './home.ts';
export { enrolNodeClient, openNodeClient } from './node-client.ts';
export { programVersion } from './version.ts';
