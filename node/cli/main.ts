/**
 * Composes the command line for a real process: the only file of it that reads `process`. The node itself is loaded
 * when a command runs one, so that all others answer at once.
 */

import { parseTrustAnchor, ROOT_ANCHORS } from '../../protocol/dnssec/index.ts';
import { ChanceryError, type Result } from '../../protocol/errors/index.ts';
import { platform, verificationContext } from '../composition/platform.ts';
import type { Config } from '../config/index.ts';
import { keepOutOfCoreDumps, sodiumSigner } from '../crypto/index.ts';
import { createDnsClient, systemServers } from '../dns/index.ts';
import { findDomain, type FoundDomain } from '../identity/index.ts';
import { programVersion } from '../version.ts';
import { processIo } from './process-io.ts';
import { runProgram } from './program.ts';

/** Runs one command line, without the program's name; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  keepOutOfCoreDumps();
  return runProgram(args, {
    init: async (options) => (await import('../node.ts')).initHome(options),
    restore: async (options) => (await import('../restore.ts')).restoreHome(options),
    reindex: async (options) => (await import('../reindex.ts')).reindexHome(options),
    start: async (home, passphrase) => (await import('../node.ts')).startNode(home, process.env, passphrase),
    randomBytes: platform.randomBytes,
    doctor: {
      nodeVersion: process.versions.node,
      clock: platform.clock,
      suite: platform.suite,
      signer: sodiumSigner,
      findDomain: lookUp,
    },
    io: processIo(),
    env: process.env,
    version: programVersion(),
  });
}

async function lookUp({ domain, dns }: Config): Promise<Result<FoundDomain>> {
  const client = createDnsClient({ servers: dns.servers.length > 0 ? dns.servers : systemServers() });
  const anchors = dns.anchors.map((line) => {
    const anchor = parseTrustAnchor(line);
    if (!anchor.ok) throw ChanceryError.from(anchor.refusal);
    return anchor.value;
  });
  const context = verificationContext(anchors.length > 0 ? anchors : ROOT_ANCHORS);
  return findDomain(domain, client, context, Math.floor(platform.clock() / 1000));
}
