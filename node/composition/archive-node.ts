/**
 * A node that holds the organisation's archive; by default it is the gateway as well. The one place where the
 * organisation, the network and the relay are put together.
 */
import type { Logger } from 'pino';
import { ChanceryError, refuse } from '../../protocol/errors/index.ts';
import { Verifier } from '../archive/index.ts';
import { FilesVerifier } from '../attachments/index.ts';
import { LINGER_MS } from '../devices/index.ts';
import type { Canary, GapWatch } from '../gaps/index.ts';
import { Host, onlyOwnDevices, onlyPartnerNodes, type Peer } from '../network/index.ts';
import { ArchiveSide } from '../relay/index.ts';
import type { FrameChannel } from '../../protocol/wire/index.ts';
import { fetchFileFrom, Herald } from '../replication/index.ts';
import { Submitter } from '../witness/index.ts';
import { openGapWatching } from './gap-watching.ts';
import { openOrganisation, type Organisation } from './organisation.ts';
import { PartnerLinks } from './partner-links.ts';
import { platform } from './platform.ts';
import { writeFollowed } from './primary-file.ts';
import { openReconciling, type Reconciling } from './reconciling.ts';
import { RENEW_AT } from './roster-keeper.ts';
import type { NodeSettings } from './settings.ts';
import { clearRestored, findRestored } from './restored-file.ts';
import { StartPhase } from './start-phase.ts';

export interface ArchiveNode {
  readonly settings: NodeSettings;
  readonly organisation: Organisation;
  readonly host: Host;
  readonly links: PartnerLinks;
  readonly submitter: Submitter;
  readonly reconciling: Reconciling;
  readonly verifier: Verifier;
  readonly filesVerifier: FilesVerifier;
  /** Controls without evidence that they work, and the test messages that bring it. */
  readonly gaps: GapWatch;
  readonly canary: Canary;
  /** Milliseconds. */
  readonly started: number;
  /** Tells a device that may no longer be here so, and drops its connections, or a node's. */
  readonly drop: (peerId: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** @param onChange this node is to be started anew: to follow another that was made the primary, or with views made anew */
export async function startArchiveNode(
  settings: NodeSettings,
  onChange: () => void = () => undefined,
): Promise<ArchiveNode> {
  const links: { current: PartnerLinks | undefined } = { current: undefined };
  const running: { host?: Host; submitter?: Submitter } = {};
  const phase = new StartPhase();
  const openPartner = async (partner: string, protocol?: 'reconcile'): ReturnType<PartnerLinks['open']> => {
    await phase.ready;
    if (links.current === undefined)
      throw new ChanceryError('node.unreachable', 'this node is still starting');
    return links.current.open(partner, protocol);
  };
  const organisation = await openOrganisation(settings, {
    onRoster: () => links.current?.pokeAll(),
    onProof: () => links.current?.retryAll(),
    openPartner,
    drop: (peerId) => drop(peerId),
    // whoever is connected comes back at once, and is shown the root in force
    onRoot: async () => {
      const { host } = running;
      if (host !== undefined) await Promise.all(host.peers.map((peer) => host.drop(peer.id)));
    },
    async onLeader(leader, epoch) {
      const { log, authority } = organisation;
      if (log.stopped?.code === 'archive.deposed') return;
      const message = `node ${leader.id} was made the primary of the archive; this one follows it from its next start on`;
      log.stopAppending(refuse('archive.deposed', message).refusal);
      settings.log.error({ alarm: true, code: 'archive.deposed', epoch }, message);
      const node = authority.roster.nodes.find(({ peer }) => peer === leader.id);
      const addresses = [...(node?.addresses ?? [])];
      await settings.keepGatewayBundle(await ownBundle());
      await writeFollowed(settings.archiveLocation, { peer: leader.id, addresses, deposed: true });
      onChange();
    },
    mayRefill: () => phase.mayRefill,
    ready: phase.ready,
  });
  await phase.prepare(organisation, {
    needsReplicas: settings.archiveCopies > 1,
    restored: await findRestored(settings.archiveLocation),
  });
  const ownBundle = async (): Promise<Uint8Array> => {
    const { authority } = organisation;
    const own = running.host?.peerId ?? '';
    return authority.nodeBundle(
      await authority.freshNodeCertificate(settings.certificates.node, own, RENEW_AT),
    );
  };
  const { authority, trust, devices, receiver, enrolment, witnessing } = organisation;
  const reconciling = openReconciling(
    organisation,
    (partner) => openPartner(partner, 'reconcile'),
    settings.log,
  );
  /** A device that was told why is given time to close, and to say that it is wiped; nothing else is answered to it. */
  const drop = async (peerId: string): Promise<void> => {
    if (!devices.dismiss(peerId)) return host.drop(peerId);
    setTimeout(() => void host.drop(peerId), LINGER_MS).unref();
  };
  const admit = phase.admission(organisation, async (peerId, bundle) => {
    const admitted = await trust.admit(peerId, bundle);
    if (admitted.ok && !admitted.value.own) {
      links.current?.returned(admitted.value.identity.domain);
      organisation.letters.tell(admitted.value.identity.domain);
      running.submitter?.returned();
    }
    return admitted;
  });
  const serve = {
    device: phase.after((channel, peer: Peer) => devices.serve(channel, peer)),
    federation: phase.after((channel, peer: Peer) => receiver.serve(channel, peer)),
    witness: (channel, peer) => witnessing.server.serve(channel, peer),
    reconcile: phase.after((channel, peer: Peer) => reconciling.server.serve(channel, peer)),
    enrolment: phase.after((channel, peerId: string) => enrolment.serve(channel, peerId)),
  } satisfies ConstructorParameters<typeof ArchiveSide>[0]['serve'];
  const relay = new ArchiveSide({
    admit,
    serve,
    async bundleFor(gateway) {
      const [leaf] = gateway.identity.bundle.chain;
      return authority.nodeBundle(
        await authority.freshNodeCertificate(leaf ?? new Uint8Array(), gateway.id, RENEW_AT),
      );
    },
  });
  const isGateway = settings.roles.includes('gateway');
  const seed = await settings.keys.seed('node');
  const host = await Host.start({
    seed,
    listen: settings.listen,
    announce: settings.announce,
    dht: isGateway && settings.dht,
    log: settings.log,
    async bundle() {
      await phase.showable();
      return ownBundle();
    },
    admit,
    handlers: {
      ...(isGateway
        ? {
            device: onlyOwnDevices(serve.device),
            federation: onlyPartnerNodes(serve.federation),
            witness: onlyPartnerNodes(serve.witness),
            reconcile: onlyPartnerNodes(serve.reconcile),
          }
        : {}),
      relay: (channel, peer) => relay.serve(channel, peer),
      replication: (channel, peer) => organisation.primary.serve(channel, peer),
    },
    enrolment: serve.enrolment,
    onPeer: (peer) => phase.seen(peer),
    onPeerGone: () => undefined,
  });
  seed.fill(0); // libp2p has its own copy
  running.host = host;
  const { partnerAddresses: addresses, log } = settings;
  const partnerLinks = new PartnerLinks({ organisation, host, isGateway, admit, addresses, log });
  const unasked = await phase.run(organisation, { host, links: partnerLinks, isGateway, log }, async () => {
    const own = { peer: host.peerId, roles: [...settings.roles], addresses: host.addresses.slice(0, 16) };
    if (organisation.log.stopped === undefined) await clearRestored(settings.archiveLocation);
    await organisation.begin();
    await organisation.renew(own);
  });
  links.current = partnerLinks;
  await partnerLinks.start();
  organisation.letters.start();
  const herald = heraldOf(organisation, host, log);
  if (organisation.ledger.epoch > 0) herald.start();
  const submitter = submitterOf(organisation, partnerLinks, unasked, log);
  running.submitter = submitter;
  submitter.start();
  const renewal = setInterval(
    () =>
      void organisation
        .renew()
        .catch((error: unknown) => settings.log.error({ err: error }, 'roster not renewed')),
    Math.min(settings.rosterSeconds * 1000 * RENEW_AT, 2 ** 31 - 1),
  );
  renewal.unref();
  const verifier = verifierOf(organisation, settings, onChange);
  verifier.start();
  const filesVerifier = filesVerifierOf(organisation, settings, host);
  filesVerifier.start();
  const started = platform.clock();
  const watching = openGapWatching({ organisation, settings, host, links: partnerLinks, started });
  await watching.start();
  return {
    settings,
    organisation,
    host,
    links: partnerLinks,
    submitter,
    reconciling,
    verifier,
    filesVerifier,
    gaps: watching.gaps,
    canary: watching.canary,
    started,
    drop,
    async stop() {
      clearInterval(renewal);
      herald.stop();
      await watching.stop();
      await verifier.stop();
      await filesVerifier.stop();
      reconciling.reconciler.stop();
      await submitter.stop();
      await organisation.letters.stop();
      await partnerLinks.stop();
      await host.stop();
      await organisation.close();
    },
  };
}

/** The copies it mends from are those of our own replicas. */
function verifierOf(
  { log, primary }: Organisation,
  settings: NodeSettings,
  onLostViews: () => void,
): Verifier {
  return new Verifier({
    log,
    location: settings.archiveLocation,
    cycleSeconds: settings.verifySeconds,
    mender: { fetch: (sequences) => primary.fetch(sequences) },
    onLostViews,
    clock: () => performance.now(),
    logger: settings.log,
  });
}

/** Like those of the log, the files of messages are had again from our own replicas. */
function filesVerifierOf(
  { ledger, files, authority }: Organisation,
  settings: NodeSettings,
  host: Host,
): FilesVerifier {
  const others = (): (() => Promise<FrameChannel>)[] =>
    authority.roster.nodes
      .filter(({ peer, roles }) => peer !== host.peerId && roles.includes('archive'))
      .map(({ peer, addresses }) => async () => {
        const { channel } = await host.open('replication', { peerId: peer, addresses });
        return channel;
      });
  return new FilesVerifier({
    ledger,
    files,
    cycleSeconds: settings.verifySeconds,
    fetch: fetchFileFrom(others, files),
    clock: () => performance.now(),
    logger: settings.log,
  });
}

function heraldOf(organisation: Organisation, host: Host, logger: Logger): Herald {
  return new Herald({
    own: host.peerId,
    roster: () => organisation.authority.roster,
    open: ({ peer, addresses }) => host.open('replication', { peerId: peer, addresses }),
    checkpoint: organisation.checkpoint,
    logger,
  });
}

function submitterOf(
  organisation: Organisation,
  links: PartnerLinks,
  unasked: ReadonlySet<string>,
  logger: Logger,
): Submitter {
  const { domain, log, witnessing, partners, checkpoint } = organisation;
  return new Submitter({
    domain,
    log,
    cosignatures: witnessing.cosignatures,
    ownLog: witnessing.ownLog,
    partners: async () => (await partners.agreements()).map((agreement) => agreement.domain),
    unasked,
    open: (partner) => links.open(partner, 'witness'),
    checkpoint,
    suite: platform.suite,
    clock: platform.clock,
    logger,
  });
}
