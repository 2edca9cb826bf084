export { Host, type Handler, type StrangerHandler } from './host.ts';
export type { Peer } from './peer.ts';
