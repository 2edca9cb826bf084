export { anchorsOf } from './anchors.ts';
export { createDnsClient, type DnsClient } from './dns-client.ts';
export { buildDnssecProof } from './proof-builder.ts';
export { parseServerAddress, systemServers } from './server-address.ts';
export { lookupTxt } from './txt-lookup.ts';
