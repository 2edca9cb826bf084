/** What the doctor works with in a real process: the clock, the cryptography, and DNS as the configuration has it. */
import type { Result } from '../../protocol/errors/index.ts';
import { platform, verificationContext } from '../composition/platform.ts';
import type { Config } from '../config/index.ts';
import { sodiumSigner } from '../crypto/index.ts';
import { anchorsOf, createDnsClient, systemServers } from '../dns/index.ts';
import type { DoctorTools } from '../doctor/index.ts';
import { findDomain, type FoundDomain } from '../identity/index.ts';

/** @param nodeVersion of the Node.js that runs this */
export function doctorTools(nodeVersion: string): DoctorTools {
  const { clock, suite } = platform;
  return { nodeVersion, clock, suite, signer: sodiumSigner, findDomain: lookUp };
}

async function lookUp({ domain, dns }: Config): Promise<Result<FoundDomain>> {
  const client = createDnsClient({ servers: dns.servers.length > 0 ? dns.servers : systemServers() });
  const context = verificationContext(anchorsOf(dns.anchors));
  return findDomain(domain, client, context, Math.floor(platform.clock() / 1000));
}
