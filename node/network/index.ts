export { Host, type Handler, type StrangerHandler } from './host.ts';
export { onlyOwnDevices, onlyPartnerNodes } from './only.ts';
export type { Peer } from './peer.ts';
export { within } from './within.ts';
