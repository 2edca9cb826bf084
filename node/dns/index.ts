export { createDnsClient, type DnsClient, type DnsClientInit } from './dns-client.ts';
export type { DnsRecord, QueryType } from './dns-message.ts';
export { buildDnssecProof } from './proof-builder.ts';
export { parseServerAddress, systemServers } from './server-address.ts';
export { lookupTxt } from './txt-lookup.ts';
