/**
 * A gateway apart from its archive: it meets devices and partners, and holds nothing. What it needs to show itself is
 * the bundle that the archive makes for it; what it is shown, it passes on.
 */
import { rootIdOf } from '../../protocol/certificate/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { Host, onlyOwnDevices, onlyPartnerNodes, type Handler, type Peer } from '../network/index.ts';
import { GatewaySide } from '../relay/index.ts';
import { ArchiveWhereabouts, type ArchiveTarget } from './archive-whereabouts.ts';
import { platform, verificationContext } from './platform.ts';
import { assertOwnBundle } from './own-files.ts';
import type { NodeSettings } from './settings.ts';

/** Milliseconds after which the bundle is had anew: rosters and proofs change by the hour, revocations at once elsewhere. */
const BUNDLE_EVERY_MS = 30_000;

/** Milliseconds between two tries to reach the archive while it is away. */
const RETRY_MS = 1_000;

export interface GatewayNode {
  readonly settings: NodeSettings;
  readonly host: Host;
  readonly rootId: string;
  readonly started: number;
  readonly archiveConnected: () => boolean;
  readonly stop: () => Promise<void>;
}

/** What a gateway that keeps a copy of the archive adds. */
export interface Replication {
  /** Whether a peer is an archive node of ours, as far as this node knows by itself. */
  readonly recognise: (peer: Peer) => boolean;
  readonly replication: Handler;
}

/** Throws `config.missing` or `config.invalid` where it was not told of its archive. */
export async function startGatewayNode(settings: NodeSettings, replica?: Replication): Promise<GatewayNode> {
  const whereabouts = new ArchiveWhereabouts(archiveOf(settings));
  let bundle = settings.gatewayBundle;
  if (bundle === null)
    throw new ChanceryError('config.missing', 'this gateway has no identity; run chancery init --join');
  const [, , root] = await assertOwnBundle(bundle, settings);
  const rootId = rootIdOf(root.publicKey, platform.suite.sha256);
  const started: { host: Host | undefined } = { host: undefined };
  const hostOf = (): Host => {
    if (started.host === undefined)
      throw new ChanceryError('archive.unavailable', 'the gateway is still starting');
    return started.host;
  };
  const relay = new GatewaySide({
    domain: settings.domain,
    rootId,
    context: verificationContext(settings.anchors),
    clock: platform.clock,
    host: hostOf,
    get archive() {
      return whereabouts.current;
    },
    recognise: replica?.recognise ?? (() => false),
  });
  const shown = bundle;
  const lost = { current: (_peerId: string): void => undefined };
  const seed = await settings.keys.seed('node');
  const host = await Host.start({
    seed,
    listen: settings.listen,
    announce: settings.announce,
    dht: settings.roles.includes('gateway') && settings.dht,
    log: settings.log,
    bundle: () => Promise.resolve(bundle ?? shown),
    admit: (peerId, shownBundle) => relay.admit(peerId, shownBundle),
    handlers: {
      ...(settings.roles.includes('gateway')
        ? {
            device: onlyOwnDevices((channel, peer) => relay.relay('device', channel, peer)),
            federation: onlyPartnerNodes((channel, peer) => relay.relay('federation', channel, peer)),
            witness: onlyPartnerNodes((channel, peer) => relay.relay('witness', channel, peer)),
            reconcile: onlyPartnerNodes((channel, peer) => relay.relay('reconcile', channel, peer)),
          }
        : {}),
      relay: (channel, peer) => relay.serve(channel, peer),
      ...(replica === undefined ? {} : { replication: replica.replication }),
    },
    enrolment: (channel, id) => relay.relay('enrolment', channel, { id, bundle: null }),
    onPeer: () => undefined,
    onPeerGone: (peer) => lost.current(peer.id),
  });
  seed.fill(0); // libp2p has its own copy
  started.host = host;
  const archiveConnected = (): boolean => host.peers.some((peer) => peer.id === whereabouts.current.peerId);
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const refresh = async (): Promise<void> => {
    let fetched = true;
    try {
      const fresh = await relay.fetchBundle();
      bundle = fresh;
      await settings.keepGatewayBundle(fresh);
    } catch (error) {
      fetched = false;
      // a replica is told who leads; a gateway alone finds out
      if (replica === undefined) whereabouts.advance(bundle ?? shown);
      settings.log.warn(
        { err: error, archive: whereabouts.current.peerId },
        'the archive is away: senders are told so, nothing is lost',
      );
    }
    if (!stopped)
      timer = setTimeout(() => void refresh(), fetched && archiveConnected() ? BUNDLE_EVERY_MS : RETRY_MS);
  };
  await refresh();
  // without its archive a gateway is of no use: it is sought at once
  lost.current = (peerId) => {
    if (peerId !== whereabouts.current.peerId || stopped) return;
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), RETRY_MS);
  };
  return {
    settings,
    host,
    get rootId() {
      return relay.rootId;
    },
    started: platform.clock(),
    archiveConnected,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await host.stop();
    },
  };
}

function archiveOf({ archiveNode }: NodeSettings): ArchiveTarget {
  const peerId = /\/p2p\/([^/]+)$/.exec(archiveNode ?? '')?.[1];
  if (archiveNode === null || peerId === undefined) {
    throw new ChanceryError(
      'config.invalid',
      'a gateway alone needs archiveNode, the multiaddr of its archive with /p2p/ and peer id',
    );
  }
  return { peerId, addresses: [archiveNode] };
}
