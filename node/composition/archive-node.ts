/**
 * A node that holds the organisation's archive; by default it is the gateway as well. The one place where the
 * organisation, the network and the relay are put together.
 */
import type { Logger } from 'pino';
import { ChanceryError, type Result } from '../../protocol/errors/index.ts';
import type { FrameChannel } from '../../protocol/wire/index.ts';
import { LINGER_MS } from '../devices/index.ts';
import { Host, onlyOwnDevices, onlyPartnerNodes, type Peer } from '../network/index.ts';
import { ArchiveSide } from '../relay/index.ts';
import { Submitter, checkAtStart } from '../witness/index.ts';
import { openOrganisation, type Organisation } from './organisation.ts';
import { PartnerLinks } from './partner-links.ts';
import { platform } from './platform.ts';
import { RENEW_AT } from './roster-keeper.ts';
import type { NodeSettings } from './settings.ts';

/** Milliseconds that an archive alone waits for a gateway through which to ask its partners: one retries every second. */
const GATEWAY_WITHIN_MS = 3_000;

export interface ArchiveNode {
  readonly settings: NodeSettings;
  readonly organisation: Organisation;
  readonly host: Host;
  readonly links: PartnerLinks;
  readonly submitter: Submitter;
  /** Milliseconds. */
  readonly started: number;
  /** Tells a device that may no longer be here so, and drops its connections, or a node's. */
  readonly drop: (peerId: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startArchiveNode(settings: NodeSettings): Promise<ArchiveNode> {
  const links: { current: PartnerLinks | undefined } = { current: undefined };
  const running: { host?: Host; submitter?: Submitter } = {};
  const ready = Promise.withResolvers<undefined>();
  const organisation = await openOrganisation(settings, {
    onRoster: () => links.current?.pokeAll(),
    onProof: () => links.current?.retryAll(),
    openPartner: async (partner) => {
      await ready.promise;
      if (links.current === undefined)
        throw new ChanceryError('node.unreachable', 'this node is still starting');
      return links.current.open(partner);
    },
    drop: (peerId) => drop(peerId),
    // whoever is connected comes back at once, and is shown the root in force
    onRoot: async () => {
      if (running.host !== undefined) await dropPeers(running.host);
    },
    ready: ready.promise,
  });
  const { authority, trust, devices, receiver, enrolment, witnessing } = organisation;
  /** A device that was told why is given time to close, and to say that it is wiped; nothing else is answered to it. */
  const drop = async (peerId: string): Promise<void> => {
    if (!devices.dismiss(peerId)) return host.drop(peerId);
    setTimeout(() => void host.drop(peerId), LINGER_MS).unref();
  };
  const admit = async (peerId: string, bundle: Uint8Array): Promise<Result<Peer>> => {
    const admitted = await trust.admit(peerId, bundle);
    if (admitted.ok && !admitted.value.own) {
      links.current?.returned(admitted.value.identity.domain);
      running.submitter?.returned();
    }
    return admitted;
  };
  // until the log is known to be whole nothing is recorded: partners and own nodes are recognised, devices wait
  const checking = { current: await mustAsk(organisation) };
  const admitOrRecognise = async (peerId: string, bundle: Uint8Array): Promise<Result<Peer>> => {
    const known = checking.current ? await trust.recognise(peerId, bundle) : undefined;
    if (known !== undefined && !(known.ok && isOwnDevice(known.value))) return known;
    await ready.promise;
    return admit(peerId, bundle);
  };
  const whenReady =
    <Who>(handler: (channel: FrameChannel, who: Who) => Promise<void>) =>
    async (channel: FrameChannel, who: Who): Promise<void> => {
      await ready.promise;
      return handler(channel, who);
    };
  const serve = {
    device: whenReady((channel, peer: Peer) => devices.serve(channel, peer)),
    federation: whenReady((channel, peer: Peer) => receiver.serve(channel, peer)),
    witness: (channel, peer) => witnessing.server.serve(channel, peer),
    enrolment: whenReady((channel, peerId: string) => enrolment.serve(channel, peerId)),
  } satisfies ConstructorParameters<typeof ArchiveSide>[0]['serve'];
  const relay = new ArchiveSide({
    admit: admitOrRecognise,
    serve,
    async bundleFor(gateway) {
      const [leaf] = gateway.identity.bundle.chain;
      return authority.nodeBundle(
        await authority.freshNodeCertificate(leaf ?? new Uint8Array(), gateway.id, RENEW_AT),
      );
    },
  });
  const isGateway = settings.roles.includes('gateway');
  const gateway = Promise.withResolvers<undefined>();
  const seed = await settings.keys.seed('node');
  const host = await Host.start({
    seed,
    listen: settings.listen,
    announce: settings.announce,
    dht: isGateway && settings.dht,
    log: settings.log,
    async bundle() {
      if (!checking.current) await ready.promise;
      const current = await authority.freshNodeCertificate(settings.certificates.node, host.peerId, RENEW_AT);
      return authority.nodeBundle(current);
    },
    admit: admitOrRecognise,
    handlers: {
      ...(isGateway
        ? {
            device: onlyOwnDevices(serve.device),
            federation: onlyPartnerNodes(serve.federation),
            witness: onlyPartnerNodes(serve.witness),
          }
        : {}),
      relay: (channel, peer) => relay.serve(channel, peer),
    },
    enrolment: serve.enrolment,
    onPeer: (peer) => {
      if (isOwnGateway(peer)) gateway.resolve(undefined);
    },
    onPeerGone: () => undefined,
  });
  seed.fill(0); // libp2p has its own copy
  running.host = host;
  const { partnerAddresses: addresses, log } = settings;
  const partnerLinks = new PartnerLinks({
    organisation,
    host,
    isGateway,
    admit: admitOrRecognise,
    addresses,
    log,
  });
  let unasked: ReadonlySet<string> = new Set();
  if (checking.current) {
    if (!isGateway) await atMost(GATEWAY_WITHIN_MS, gateway.promise);
    unasked = await askPartners(organisation, partnerLinks, log);
    checking.current = false;
    await dropPeers(host, ({ own }) => !own); // who was recognised comes in anew, and is recorded
  }
  if (organisation.log.stopped === undefined) {
    const own = { peer: host.peerId, roles: [...settings.roles], addresses: host.addresses.slice(0, 16) };
    await organisation.begin();
    await organisation.renew(own);
  }
  ready.resolve(undefined);
  links.current = partnerLinks;
  await partnerLinks.start();
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
  return {
    settings,
    organisation,
    host,
    links: partnerLinks,
    submitter,
    started: platform.clock(),
    drop,
    async stop() {
      clearInterval(renewal);
      await submitter.stop();
      await partnerLinks.stop();
      await host.stop();
      await organisation.close();
    },
  };
}

function isOwnDevice({ own, identity }: Peer): boolean {
  return own && identity.leaf.subject.kind === 'device';
}

function isOwnGateway({ own, identity: { leaf } }: Peer): boolean {
  return own && leaf.subject.kind === 'node' && leaf.subject.roles.includes('gateway');
}

/** Waits for what may not come. */
async function atMost(milliseconds: number, coming: Promise<undefined>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, milliseconds, undefined);
  await Promise.race([promise, coming]);
  clearTimeout(timer);
}

/** Whether partners may have cosigned more than the log has: not where it was stopped for that before. */
async function mustAsk({ log, partners }: Organisation): Promise<boolean> {
  return log.stopped === undefined && (await partners.agreements()).length > 0;
}

/** Asks the partners what they have cosigned of our log; what that log lacks stops it. */
async function askPartners(
  organisation: Organisation,
  links: PartnerLinks,
  logger: Logger,
): Promise<ReadonlySet<string>> {
  const agreements = await organisation.partners.agreements();
  return checkAtStart({
    domain: organisation.domain,
    partners: agreements.map(({ domain }) => domain),
    open: (partner) => links.open(partner, 'witness'),
    ownLog: organisation.witnessing.ownLog,
    log: organisation.log,
    checkpoint: () => organisation.log.checkpoint(organisation.statementSigner),
    suite: platform.suite,
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

async function dropPeers(host: Host, which: (peer: Peer) => boolean = () => true): Promise<void> {
  await Promise.all(host.peers.filter(which).map((peer) => host.drop(peer.id)));
}
