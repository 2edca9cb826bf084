/**
 * A node that holds the organisation's archive; by default it is the gateway as well. The one place where the
 * organisation, the network and the relay are put together.
 */
import { ChanceryError, type Result } from '../../protocol/errors/index.ts';
import { LINGER_MS } from '../devices/index.ts';
import { Host, onlyOwnDevices, onlyPartnerNodes, type Peer } from '../network/index.ts';
import { ArchiveSide } from '../relay/index.ts';
import { openOrganisation, type Organisation } from './organisation.ts';
import { PartnerLinks } from './partner-links.ts';
import { platform } from './platform.ts';
import type { NodeSettings } from './settings.ts';

/** Share of a roster's or a node certificate's life after which the next is made. */
const RENEW_AT = 0.5;

export interface ArchiveNode {
  readonly settings: NodeSettings;
  readonly organisation: Organisation;
  readonly host: Host;
  readonly links: PartnerLinks;
  /** Milliseconds. */
  readonly started: number;
  /** Tells a device that may no longer be here so, and drops its connections, or a node's. */
  readonly drop: (peerId: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startArchiveNode(settings: NodeSettings): Promise<ArchiveNode> {
  const links: { current: PartnerLinks | undefined } = { current: undefined };
  const running: { host: Host | undefined } = { host: undefined };
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
      const { host } = running;
      if (host !== undefined) await Promise.all(host.peers.map((peer) => host.drop(peer.id)));
    },
  });
  const { authority, trust, devices, receiver, enrolment } = organisation;
  /** A device that was told why is given time to close, and to say that it is wiped; nothing else is answered to it. */
  const drop = async (peerId: string): Promise<void> => {
    if (!devices.dismiss(peerId)) return host.drop(peerId);
    setTimeout(() => void host.drop(peerId), LINGER_MS).unref();
  };
  const admit = async (peerId: string, bundle: Uint8Array): Promise<Result<Peer>> => {
    const admitted = await trust.admit(peerId, bundle);
    if (admitted.ok && !admitted.value.own) links.current?.returned(admitted.value.identity.domain);
    return admitted;
  };
  const serve = {
    device: (channel, peer) => devices.serve(channel, peer),
    federation: (channel, peer) => receiver.serve(channel, peer),
    enrolment: (channel, peerId) => enrolment.serve(channel, peerId),
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
  const ready = Promise.withResolvers<undefined>();
  const seed = await settings.keys.seed('node');
  const host = await Host.start({
    seed,
    listen: settings.listen,
    announce: settings.announce,
    dht: isGateway && settings.dht,
    log: settings.log,
    async bundle() {
      await ready.promise;
      const current = await authority.freshNodeCertificate(settings.certificates.node, host.peerId, RENEW_AT);
      return authority.nodeBundle(current);
    },
    async admit(peerId, bundle) {
      await ready.promise;
      return admit(peerId, bundle);
    },
    handlers: {
      ...(isGateway
        ? { device: onlyOwnDevices(serve.device), federation: onlyPartnerNodes(serve.federation) }
        : {}),
      relay: (channel, peer) => relay.serve(channel, peer),
    },
    enrolment: serve.enrolment,
    onPeer: () => undefined,
    onPeerGone: () => undefined,
  });
  seed.fill(0); // libp2p has its own copy
  running.host = host;
  await organisation.renew({
    peer: host.peerId,
    roles: [...settings.roles],
    addresses: host.addresses.slice(0, 16),
  });
  ready.resolve(undefined);
  links.current = new PartnerLinks({
    organisation,
    host,
    isGateway,
    addresses: settings.partnerAddresses,
    log: settings.log,
  });
  await links.current.start();
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
    links: links.current,
    started: platform.clock(),
    drop,
    async stop() {
      clearInterval(renewal);
      await links.current?.stop();
      await host.stop();
      await organisation.close();
    },
  };
}
