/**
 * A node of a home that `start.ts` found in order: the one place where files and configuration become a composed node
 * with its admin socket.
 */
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { startAdminServer } from './admin/index.ts';
import type { RunningNode } from './cli/dependencies.ts';
import {
  platform,
  startArchiveNode,
  readFollowed,
  startGatewayNode,
  startReplicaNode,
  type NodeSettings,
} from './composition/index.ts';
import {
  deviceRulesOf,
  metricsPlaceOf,
  noticePolicyOf,
  scannersOf,
  retentionPolicyOf,
  type Config,
} from './config/index.ts';
import { anchorsOf, createDnsClient, systemServers } from './dns/index.ts';
import {
  readCertificateFile,
  readPrivateFile,
  replaceCertificateFile,
  type HomeLayout,
} from './home/index.ts';
import { fileKeyStore, protectedKeys, type Passphrase } from './keys/index.ts';
import { createLogger } from './log/index.ts';
import {
  operationsOfArchive,
  operationsOfGateway,
  operationsOfReplica,
  type Operations,
} from './operations/index.ts';
import { programVersion } from './version.ts';

export interface RunOptions {
  readonly home: HomeLayout;
  readonly config: Config;
  readonly passphrase: Passphrase;
  /** Lets go of the home, once nothing of the node runs any more. */
  readonly release: () => Promise<void>;
}

/** Runs a node until it is stopped. Throws `key.*`, `certificate.*`, `archive.*`; the home is then still held. */
export async function runNode({ home, config, passphrase, release }: RunOptions): Promise<RunningNode> {
  const settings = await settingsOf(home, config, passphrase);
  // a node that is told who leads while it is still starting changes once it has started
  const early = { isDue: false };
  const changed = {
    current: (): void => {
      early.isDue = true;
    },
  };
  const running = { current: await startInRole(home, settings, () => changed.current()) };
  const operations = new Proxy({} as Operations, {
    get: (_target, name: keyof Operations) => running.current.operations[name],
  });
  const admin = await startAdminServer({ socket: home.adminSocket, operations, log: settings.log }).catch(
    async (error: unknown) => {
      await running.current.stop();
      throw error;
    },
  );
  const closed = Promise.withResolvers<undefined>();
  // a last resort: every handler catches its own, and no peer may end the process through a library that does not
  const survive = (reason: unknown): void =>
    settings.log.error({ err: reason }, 'a rejection that nobody handled');
  process.on('unhandledRejection', survive);
  const { peerId: peer, addresses } = running.current.host;
  settings.log.info({ domain: settings.domain, peer, addresses }, 'node started');
  let changing = Promise.resolve();
  let stopping = false;
  // another role from here on: everything but the admin socket is started anew
  changed.current = () => {
    changing = changing.then(async () => {
      if (stopping) return;
      await running.current.stop();
      try {
        running.current = await startInRole(home, await reread(settings, home), () => changed.current());
        settings.log.info({ role: running.current.role }, 'node started in another role');
      } catch (error) {
        settings.log.fatal({ err: error }, 'the node could not start in its other role');
        closed.reject(error);
      }
    });
  };
  if (early.isDue) changed.current();
  return {
    domain: settings.domain,
    peer,
    addresses,
    closed: closed.promise,
    async stop() {
      stopping = true;
      await changing;
      try {
        await admin.stop();
        await running.current.stop();
        settings.log.info('node stopped');
        process.off('unhandledRejection', survive);
        closed.resolve(undefined);
      } finally {
        await release();
      }
    },
  };
}

interface InRole {
  readonly role: 'primary' | 'replica' | 'gateway';
  readonly host: { readonly peerId: string; readonly addresses: readonly string[] };
  readonly operations: Operations;
  readonly stop: () => Promise<void>;
}

/** Starts the node as what it is now. `onChange` tells that it is something else from its next start on. */
async function startInRole(home: HomeLayout, settings: NodeSettings, onChange: () => void): Promise<InRole> {
  if (!settings.roles.includes('archive')) {
    const node = await startGatewayNode(settings);
    return { role: 'gateway', host: node.host, operations: operationsOfGateway(node), stop: node.stop };
  }
  const followed = await readFollowed(home.archive);
  if (followed === undefined) {
    const node = await startArchiveNode(settings, onChange);
    return { role: 'primary', host: node.host, operations: operationsOfArchive(node), stop: node.stop };
  }
  const node = await startReplicaNode(settings, followed, onChange);
  return {
    role: 'replica',
    host: node.host,
    operations: operationsOfReplica(node, onChange),
    stop: node.stop,
  };
}

/** The settings with the certificates and the bundle that were filed meanwhile. */
async function reread(settings: NodeSettings, home: HomeLayout): Promise<NodeSettings> {
  return { ...settings, ...(await filed(home)) };
}

async function settingsOf(home: HomeLayout, config: Config, passphrase: Passphrase): Promise<NodeSettings> {
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
    files: { maxBytes: config.limits.attachmentBytes, types: config.limits.attachmentTypes },
    rosterSeconds: config.roster.validHours * 3_600,
    graceSeconds: config.roster.graceHours * 3_600,
    archiveLocation: home.archive,
    attachmentsLocation: home.attachments,
    home: {
      directory: home.directory,
      config: () => readFile(home.config, 'utf8'),
      protectedKeys: () => protectedKeys(home.keysDirectory),
    },
    archiveCopies: config.archive.copies,
    deliveryDays: config.archive.deliveryDays,
    retention: retentionPolicyOf(config.retention),
    oversight: config.oversight,
    notice: noticePolicyOf(config.recording),
    scanners: scannersOf(config.inspection),
    verifySeconds: config.archive.verifySeconds,
    keys: fileKeyStore({ directory: home.keysDirectory, passphrase, randomBytes: platform.randomBytes }),
    ...(await filed(home)),
    async keepCertificates(certificates) {
      for (const name of ['root', 'issuer', 'statement'] as const)
        await replaceCertificateFile(home.certificates[name], certificates[name]);
    },
    async keepGatewayBundle(bundle) {
      await writeFile(`${home.gatewayBundle}.new`, bundle, { mode: 0o600 });
      await rename(`${home.gatewayBundle}.new`, home.gatewayBundle);
    },
    metrics: metricsPlaceOf(config.metrics),
    version: programVersion(),
    log: createLogger(config.log),
  };
}

/** What lies in files and may change while the node runs. A node that joined has no statement certificate before it leads. */
async function filed({
  certificates,
  gatewayBundle,
}: HomeLayout): Promise<Pick<NodeSettings, 'certificates' | 'gatewayBundle'>> {
  const bundle = (await readPrivateFile(gatewayBundle)) ?? null;
  const read = (name: keyof HomeLayout['certificates']): Promise<Uint8Array> =>
    readCertificateFile(certificates[name]);
  return {
    certificates: {
      root: await read('root'),
      issuer: await read('issuer'),
      statement:
        bundle === null || existsSync(certificates.statement) ? await read('statement') : new Uint8Array(),
      node: await read('node'),
    },
    gatewayBundle: bundle,
  };
}
