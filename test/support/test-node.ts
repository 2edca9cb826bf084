/** An organisation's node in this process, on loopback and a throw-away folder, under a development DNS tree. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import {
  startArchiveNode,
  platform,
  type ArchiveNode,
  type NodeSettings,
} from '../../node/composition/index.ts';
import { USUAL_POLICY } from '../../node/retention/index.ts';
import { createDnsClient } from '../../node/dns/index.ts';
import { protectedKeys } from '../../node/keys/index.ts';
import { createOrganisation, type NewOrganisation } from '../../node/identity/index.ts';
import { keysIn } from './keys-in.ts';
import { operationsOfArchive, type Operations } from '../../node/operations/index.ts';
import { DnsTree, type NameServer } from '../../scripts/dns/index.ts';

/** Rules that ask for nothing. */
export const PERMISSIVE: NodeSettings['devices'] = {
  clientVersion: null,
  osVersion: null,
  diskEncryption: null,
  managedId: null,
  sessionMs: 86_400_000,
  idleLockMs: null,
  maximum: 100,
  attestation: { keys: [], maxAgeMs: 86_400_000 },
};

export interface TestDns {
  readonly tree: DnsTree;
  readonly server: NameServer;
}

export interface TestNode {
  readonly made: NewOrganisation;
  readonly settings: NodeSettings;
  readonly node: ArchiveNode;
  readonly operations: Operations;
  /** Stops it, and starts it again from its folder. */
  readonly restart: (change?: Partial<NodeSettings>) => Promise<TestNode>;
  readonly stop: () => Promise<void>;
}

/** A signed tree with a zone for each domain, which are empty until a node publishes its record. */
export async function startDns(...domains: string[]): Promise<TestDns> {
  const parents = [...new Set(domains.map((domain) => domain.slice(domain.indexOf('.') + 1)))];
  const zones = [...parents, ...domains];
  const tree = new DnsTree({ zones });
  return { tree, server: await tree.serve() };
}

/** Makes an organisation, as of `created` (milliseconds), publishes its record, and starts its node. */
export async function startTestNode(
  dns: { readonly tree: Pick<DnsTree, 'setTxt' | 'anchors'>; readonly server: Pick<NameServer, 'address'> },
  domain: string,
  change: Partial<NodeSettings> = {},
  created: number = platform.clock(),
): Promise<TestNode> {
  const made = await createOrganisation(domain, ['gateway', 'archive'], created, platform.randomBytes);
  dns.tree.setTxt(made.record.name, [made.record.text]);
  const folder = await mkdtemp(join(tmpdir(), 'chancery-node-'));
  const settings: NodeSettings = {
    domain,
    roles: ['gateway', 'archive'],
    listen: ['/ip4/127.0.0.1/tcp/0'],
    announce: [],
    dht: true,
    dns: createDnsClient({ servers: [dns.server.address] }),
    anchors: dns.tree.anchors,
    requireLevel: 'dnssec',
    partnerAddresses: new Map(),
    archiveNode: null,
    devices: PERMISSIVE,
    enrolmentApproval: 'none',
    messageBytes: 65_536,
    files: { maxBytes: 26_214_400, types: ['*/*'] },
    rosterSeconds: 86_400,
    graceSeconds: 86_400,
    archiveLocation: join(folder, 'archive'),
    attachmentsLocation: join(folder, 'attachments'),
    home: {
      directory: folder,
      config: () => Promise.resolve(`domain: ${domain}\n`),
      protectedKeys: () => protectedKeys(join(folder, 'keys')),
    },
    archiveCopies: 1,
    deliveryDays: 90,
    retention: USUAL_POLICY,
    oversight: { fourEyes: [], signed: true },
    notice: { required: false, texts: new Map([['en', 'What you write here is recorded.']]) },
    scanners: [],
    verifySeconds: 3_600,
    keys: await keysIn(join(folder, 'keys'), made.seeds),
    certificates: made.certificates,
    gatewayBundle: null,
    keepCertificates: () => Promise.resolve(),
    keepGatewayBundle: () => Promise.resolve(),
    metrics: null,
    version: 'test',
    log: pino({ level: process.env['CHANCERY_TEST_LOG'] ?? 'silent' }, pino.destination(2)),
    ...change,
  };
  return run(made, settings, folder);
}

async function run(made: NewOrganisation, settings: NodeSettings, folder: string): Promise<TestNode> {
  const node = await startArchiveNode(settings);
  return {
    made,
    settings,
    node,
    operations: operationsOfArchive(node),
    async restart(change = {}) {
      await node.stop();
      return run(made, { ...settings, ...change }, folder);
    },
    async stop() {
      await node.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Makes two organisations partners of each other. */
export async function federate(a: TestNode, b: TestNode): Promise<void> {
  await addPartner(a, b);
  await addPartner(b, a);
}

export async function addPartner(a: TestNode, b: TestNode): Promise<void> {
  await a.operations['partner.add']({
    domain: b.settings.domain,
    rootId: b.made.rootId,
    addresses: b.node.host.addresses,
    shareDirectory: 'none',
  });
}
