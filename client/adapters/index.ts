export { defaultHome } from './home.ts';
export { enrolNodeClient, openNodeClient, type NodeClientOptions } from './node-client.ts';
