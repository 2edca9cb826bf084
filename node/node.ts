/**
 * A node of a home: made by `initHome`, run by `startNode`. The one place where files and configuration become a
 * composed node with its admin socket.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { parseTrustAnchor, ROOT_ANCHORS, type TrustAnchor } from '../protocol/dnssec/index.ts';
import { ChanceryError, valueOf } from '../protocol/errors/index.ts';
import { decodeBundle } from '../protocol/identity/index.ts';
import { parseDomain } from '../protocol/names/index.ts';
import { startAdminServer } from './admin/index.ts';
import type { InitOptions, InitResult, RunningNode } from './cli/dependencies.ts';
import {
  platform,
  startArchiveNode,
  startGatewayNode,
  verificationContext,
  type NodeSettings,
} from './composition/index.ts';
import { deviceRulesOf, readConfig, writeConfig, type Config, type Environment } from './config/index.ts';
import { createDnsClient, systemServers } from './dns/index.ts';
import { joinOrganisation } from './enrolment/index.ts';
import {
  KEY_NAMES,
  createPrivateFile,
  lockHome,
  makePrivateDirectory,
  readCertificateFile,
  readPrivateFile,
  replaceCertificateFile,
  writeCertificateFile,
  type HomeLayout,
} from './home/index.ts';
import {
  fileKeyStore,
  formatKey,
  writeKeyFile,
  findPassphrase,
  protectedKeys,
  type KeyStore,
  type Passphrase,
} from './keys/index.ts';
import { createOrganisation, peerIdOf } from './identity/index.ts';
import { ARCHIVE_KEY } from './sealing/index.ts';
import { createLogger } from './log/index.ts';
import { operationsOfArchive, operationsOfGateway } from './operations/index.ts';
import { programVersion } from './version.ts';

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
  await writeConfig(options.home, initialConfig(options, domain, [...roles], null));
  const record = { name: made.record.name, value: made.record.text };
  return { domain, rootId: made.rootId, peer: made.peerId, roles, record };
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
  await writeConfig(home, initialConfig(options, joined.domain, ['gateway'], joined.archiveNode));
  const rootId = joined.rootId;
  const peer = await peerIdOf(seed);
  seed.fill(0);
  return { domain: joined.domain, rootId, peer, roles: ['gateway'], record: null };
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

/** Runs the node of a home until it is stopped. Throws `config.*`, `key.*`, `certificate.*`, `node.running`, `archive.*`. */
export async function startNode(
  home: HomeLayout,
  env: Environment,
  passphrase: Passphrase,
): Promise<RunningNode> {
  const config = await readConfig(home.config, env);
  const lock = await lockHome(home);
  try {
    return await run(home, await settingsOf(home, config, passphrase), () => lock.release());
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function run(
  home: HomeLayout,
  settings: NodeSettings,
  release: () => Promise<void>,
): Promise<RunningNode> {
  const archive = settings.roles.includes('archive') ? await startArchiveNode(settings) : undefined;
  const node = archive ?? (await startGatewayNode(settings));
  const operations =
    archive === undefined
      ? operationsOfGateway(node as Awaited<ReturnType<typeof startGatewayNode>>)
      : operationsOfArchive(archive);
  const admin = await startAdminServer({ socket: home.adminSocket, operations, log: settings.log }).catch(
    async (error: unknown) => {
      await node.stop();
      throw error;
    },
  );
  const closed = Promise.withResolvers<undefined>();
  // a last resort: every handler catches its own, and no peer may end the process through a library that does not
  const survive = (reason: unknown): void =>
    settings.log.error({ err: reason }, 'a rejection that nobody handled');
  process.on('unhandledRejection', survive);
  settings.log.info(
    { domain: settings.domain, peer: node.host.peerId, addresses: node.host.addresses },
    'node started',
  );
  return {
    domain: settings.domain,
    peer: node.host.peerId,
    addresses: node.host.addresses,
    closed: closed.promise,
    async stop() {
      try {
        await admin.stop();
        await node.stop();
        settings.log.info('node stopped');
        process.off('unhandledRejection', survive);
        closed.resolve(undefined);
      } finally {
        await release();
      }
    },
  };
}

async function settingsOf(home: HomeLayout, config: Config, passphrase: Passphrase): Promise<NodeSettings> {
  const isArchive = config.roles.includes('archive');
  const certificate = (name: keyof HomeLayout['certificates']): Promise<Uint8Array> =>
    readCertificateFile(home.certificates[name]);
  return {
    domain: config.domain,
    roles: config.roles,
    listen: config.listen,
    announce: config.announce,
    dht: config.dht.enabled,
    dns: createDnsClient({ servers: config.dns.servers.length > 0 ? config.dns.servers : systemServers() }),
    anchors: anchorsOf(config.dns.anchors),
    requireLevel: config.dns.requireLevel,
    partnerAddresses: new Map(
      Object.entries(config.partners).map(([domain, { addresses }]) => [domain, addresses] as const),
    ),
    archiveNode: config.archiveNode ?? null,
    devices: deviceRulesOf(config.devices),
    enrolmentApproval: config.enrolment.approval,
    messageBytes: config.limits.messageBytes,
    rosterSeconds: config.roster.validHours * 3_600,
    graceSeconds: config.roster.graceHours * 3_600,
    archiveLocation: home.archive,
    home: {
      directory: home.directory,
      config: () => readFile(home.config, 'utf8'),
      protectedKeys: () => protectedKeys(home.keysDirectory),
    },
    keys: keysOf(home, passphrase),
    certificates: {
      root: await certificate('root'),
      issuer: await certificate('issuer'),
      statement: isArchive ? await certificate('statement') : new Uint8Array(),
      node: await certificate('node'),
    },
    async keepCertificates(certificates) {
      for (const name of ['root', 'issuer', 'statement'] as const)
        await replaceCertificateFile(home.certificates[name], certificates[name]);
    },
    gatewayBundle: isArchive ? null : ((await readPrivateFile(home.gatewayBundle)) ?? null),
    async keepGatewayBundle(bundle) {
      await writeFile(`${home.gatewayBundle}.new`, bundle, { mode: 0o600 });
      await rename(`${home.gatewayBundle}.new`, home.gatewayBundle);
    },
    version: programVersion(),
    log: createLogger(config.log),
  };
}

/** @param passphrase null for a new home whose keys get none */
function keysOf({ keysDirectory }: HomeLayout, passphrase: Passphrase | null): KeyStore {
  return fileKeyStore({
    directory: keysDirectory,
    passphrase: passphrase ?? findPassphrase({}, null),
    randomBytes: platform.randomBytes,
  });
}

function anchorsOf(lines: readonly string[]): readonly TrustAnchor[] {
  return lines.length === 0 ? ROOT_ANCHORS : lines.map((line) => valueOf(parseTrustAnchor(line)));
}
