/**
 * Makes the home of a node: of a new organisation, or of another node of one that is there. Loads the network only for
 * the second, as every first command of a newcomer goes through here.
 */
import { existsSync } from 'node:fs';
import { parseTrustAnchor } from '../protocol/dnssec/index.ts';
import { ChanceryError, valueOf } from '../protocol/errors/index.ts';
import { decodeBundle } from '../protocol/identity/index.ts';
import { parseDomain } from '../protocol/names/index.ts';
import type { InitOptions, InitResult } from './cli/dependencies.ts';
import { platform, verificationContext } from './composition/platform.ts';
import { writeFollowed } from './composition/primary-file.ts';
import { writeConfig, type Config } from './config/index.ts';
import { anchorsOf } from './dns/index.ts';
import {
  KEY_NAMES,
  createPrivateFile,
  makePrivateDirectory,
  writeCertificateFile,
  type HomeLayout,
} from './home/index.ts';
import { createOrganisation, peerIdOf } from './identity/create.ts';
import {
  fileKeyStore,
  findPassphrase,
  formatKey,
  writeKeyFile,
  type KeyStore,
  type Passphrase,
} from './keys/index.ts';
import { createLogger } from './log/index.ts';
import { writeNewPolicy } from './policy/policy-folder.ts';
import { ownProfile } from './policy/profiles.ts';
import { ARCHIVE_KEY } from './sealing/archive-key.ts';

const DEFAULT_LISTEN = '/ip4/0.0.0.0/tcp/4710';

/** Makes a home: a new organisation, or a gateway that joins one. Throws `home.exists`, `name.bad-domain`, and what joining refuses. */
export async function initHome(options: InitOptions): Promise<InitResult> {
  return options.invitation === null ? initOrganisation(options) : initGateway(options, options.invitation);
}

async function initOrganisation(options: InitOptions): Promise<InitResult> {
  const domain = valueOf(parseDomain(options.domain ?? ''));
  const roles = ['gateway', 'archive'] as const;
  options.anchors.forEach((line) => valueOf(parseTrustAnchor(line)));
  const made = await createOrganisation(domain, roles, platform.clock(), platform.randomBytes);
  await makeDirectories(options.home);
  // the configuration is written last: a home that has one is whole
  const keys = keysOf(options.home, options.passphrase);
  for (const name of KEY_NAMES) {
    if (name !== 'root' || options.offlineRoot === null) await keys.import(name, made.seeds[name]);
    else await keepApart(options.offlineRoot, made.seeds[name], options.passphrase);
    made.seeds[name].fill(0);
    await writeCertificateFile(options.home.certificates[name], made.certificates[name]);
  }
  await keys.import(ARCHIVE_KEY, made.seeds.archive);
  made.seeds.archive.fill(0);
  // in force is what a person read and applied: a policy is a decision
  const { directory, policy } = options.home;
  if (!existsSync(policy)) await writeNewPolicy(directory, await ownProfile('default', platform.randomBytes));
  await writeConfig(options.home, initialConfig(options, domain, [...roles], null));
  const record = { name: made.record.name, value: made.record.text };
  return { domain, rootId: made.rootId, peer: made.peerId, roles, record, policy };
}

/** Writes a key to a file of its own. Throws `home.exists` if there is one already. */
async function keepApart(file: string, seed: Uint8Array, passphrase: Passphrase | null): Promise<void> {
  const secret = passphrase === null ? null : await passphrase.ask();
  await writeKeyFile(file, await formatKey(seed, secret, platform.randomBytes));
}

async function initGateway(options: InitOptions, invitation: string): Promise<InitResult> {
  const { home, anchors, listen, announce } = options;
  const seed = platform.randomBytes(32);
  await makeDirectories(home);
  const { joinOrganisation } = await import('./enrolment/index.ts');
  const joined = await joinOrganisation({
    invitation,
    seed,
    addresses: announce.length > 0 ? announce : listen,
    context: verificationContext(anchorsOf(anchors)),
    clock: platform.clock,
    log: createLogger({ level: 'silent', format: 'json' }),
  });
  const { chain } = valueOf(decodeBundle(joined.bundle));
  const [node, issuer, root] = chain;
  if (!node || !issuer || !root)
    throw new ChanceryError('certificate.broken-chain', 'the bundle given is not whole');
  await keysOf(home, options.passphrase).import('node', seed);
  await writeCertificateFile(home.certificates.node, node);
  await writeCertificateFile(home.certificates.issuer, issuer);
  await writeCertificateFile(home.certificates.root, root);
  await createPrivateFile(home.gatewayBundle, joined.bundle);
  const { roles, archiveNode } = joined;
  if (roles.includes('archive')) {
    const primary = /\/p2p\/([^/]+)$/.exec(archiveNode)?.[1] ?? '';
    await writeFollowed(home.archive, { peer: primary, addresses: [archiveNode], deposed: false });
  }
  const archiveElsewhere = roles.includes('archive') ? null : archiveNode;
  await writeConfig(home, initialConfig(options, joined.domain, [...roles], archiveElsewhere));
  const rootId = joined.rootId;
  const peer = await peerIdOf(seed);
  seed.fill(0);
  return { domain: joined.domain, rootId, peer, roles, record: null, policy: null };
}

async function makeDirectories(home: HomeLayout): Promise<void> {
  await makePrivateDirectory(home.directory);
  await makePrivateDirectory(home.keysDirectory);
  await makePrivateDirectory(home.certificatesDirectory);
}

function initialConfig(
  { listen, announce, dnsServers, anchors, passphrase }: InitOptions,
  domain: string,
  roles: Config['roles'],
  archiveNode: string | null,
): Parameters<typeof writeConfig>[1] {
  const where = listen.length > 0 ? listen : [DEFAULT_LISTEN];
  const keysProtected = passphrase !== null;
  return { domain, roles, listen: where, announce, archiveNode, dnsServers, anchors, keysProtected };
}

/** @param passphrase null for keys that get none */
function keysOf({ keysDirectory }: HomeLayout, passphrase: Passphrase | null): KeyStore {
  return fileKeyStore({
    directory: keysDirectory,
    passphrase: passphrase ?? findPassphrase({}, null),
    randomBytes: platform.randomBytes,
  });
}
