export { DnsTree, type DnsTreeOptions, type Fault } from './dns-tree.ts';
export type { NameServer } from './name-server.ts';
export { createZoneKey, dsOf, signRrset, type ZoneKey } from './zone-key.ts';
export type { ZoneOptions } from './zone.ts';
