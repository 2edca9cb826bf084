/**
 * An archive node that is not the primary: a gateway like any other where its roles say so, and beside that a copy of the
 * log that follows the primary's, ready to take over.
 */
import { logOrigin } from '../../protocol/checkpoint/index.ts';
import { ChanceryError, refuse, type Result } from '../../protocol/errors/index.ts';
import { readRoster, isRevoked, type Roster, type RosterNode } from '../../protocol/statement/index.ts';
import {
  MAX_FRAME_BYTES,
  readFrame,
  refusalFrame,
  replicaFrameShape,
  writeFrame,
  type FrameChannel,
} from '../../protocol/wire/index.ts';
import { Verifier } from '../archive/index.ts';
import { FilesVerifier, SealedFiles, Sweep } from '../attachments/index.ts';
import { Backoff } from '../federation/index.ts';
import { SigningKeys, Standing } from '../identity/index.ts';
import { Authorities, fact, ledgerOn, type Ledger } from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';
import {
  FileFollower,
  Follower,
  answerFetch,
  answerFiles,
  answerStanding,
  answerState,
  askStanding,
  fetchFileFrom,
  fetchKeys,
  mendFrom,
} from '../replication/index.ts';
import { destroyClosed } from '../custody/index.ts';
import { PolicyKeeper } from '../policy/index.ts';
import { absencesAtPromotion } from '../recording/index.ts';
import { openEffects } from '../retention/index.ts';
import { ARCHIVE_KEY, openSealing, WindowKeys } from '../sealing/index.ts';
import { SearchIndex } from '../search/index.ts';
import { startGatewayNode, type GatewayNode } from './gateway-node.ts';
import { platform } from './platform.ts';
import { clearFollowed, putAside, writeFollowed, type Followed } from './primary-file.ts';
import type { NodeSettings } from './settings.ts';
import { openWholeLog } from './whole-views.ts';

export interface ReplicaNode {
  readonly settings: NodeSettings;
  readonly gateway: GatewayNode;
  readonly host: GatewayNode['host'];
  readonly ledger: Ledger;
  /** The files of messages, beside the log. */
  readonly files: SealedFiles;
  readonly follower: Follower;
  readonly verifier: Verifier;
  readonly filesVerifier: FilesVerifier;
  readonly followed: Followed;
  /**
   * Makes this node the primary from its next start on. Throws `archive.behind` where another node that could be asked
   * holds more, or one that might could not be asked and `force` does not say to go on; `key.missing`.
   */
  readonly promote: (
    actor: string,
    reason: string,
    force: boolean,
  ) => Promise<{ epoch: number; size: number }>;
  readonly stop: () => Promise<void>;
}

/** The copy, with the keys that it is sealed under, which the primary hands over once. */
async function openCopy(
  settings: NodeSettings,
  openPrimary: () => Promise<{ channel: FrameChannel; peer: Peer }>,
): Promise<Ledger> {
  const { domain, archiveLocation, keys, log: logger } = settings;
  const { suite, clock, randomBytes } = platform;
  if (!(await keys.has(ARCHIVE_KEY))) await fetchKeys(await openPrimary(), keys, suite.sha256);
  const sealing = await openSealing(keys, randomBytes);
  const options = {
    location: archiveLocation,
    origin: logOrigin(domain),
    sha256: suite.sha256,
    sealer: sealing.entries,
    clock,
    randomBytes,
    logger,
  };
  const log = await openWholeLog(options, sealing.views, settings);
  const ledger = ledgerOn(log, domain, suite.sha256, sealing.views);
  const forget = async (): Promise<void> => destroyClosed(ledger, await WindowKeys.open(keys, randomBytes));
  await forget();
  ledger.watch((kinds) => {
    if (!kinds.has('window-closed')) return;
    forget().catch((error: unknown) => {
      logger.error({ err: error, alarm: true }, 'a window key could not be destroyed; start the node anew');
    });
  });
  return ledger;
}

/** @param onChange this node is to be started anew: it follows another node, or its archive was put aside */
export async function startReplicaNode(
  settings: NodeSettings,
  followed: Followed,
  onChange: () => void,
): Promise<ReplicaNode> {
  const { domain, archiveLocation, keys, log: logger } = settings;
  const { suite, clock, randomBytes, random } = platform;
  const origin = logOrigin(domain);
  const target = { peerId: followed.peer, addresses: followed.addresses };
  const opened: { ledger: Ledger | undefined } = { ledger: undefined };
  const files = await SealedFiles.open(settings.attachmentsLocation);
  const leadership = {
    get ledger() {
      if (opened.ledger === undefined)
        throw new ChanceryError('archive.unavailable', 'this replica is still starting');
      return opened.ledger;
    },
    origin,
    suite,
    async onLeader(leader: Peer, epoch: number): Promise<void> {
      const node = rosterOf(opened.ledger, domain)?.nodes.find(({ peer }) => peer === leader.id);
      logger.warn({ leader: leader.id, epoch }, 'another node leads; this one follows it');
      await writeFollowed(archiveLocation, {
        ...followed,
        peer: leader.id,
        addresses: [...(node?.addresses ?? [])],
      });
      onChange();
    },
  };
  const archiveNode = `${followed.addresses[0] ?? ''}/p2p/${followed.peer}`;
  const gateway = await startGatewayNode(
    {
      ...settings,
      archiveNode: followed.addresses[0]?.includes('/p2p/') ? followed.addresses[0] : archiveNode,
    },
    {
      recognise: (peer) => isArchiveNode(peer, rosterOf(opened.ledger, domain)),
      replication: (channel, peer) =>
        answerReplica(channel, peer, { leadership, files, version: settings.version }, domain),
    },
  );
  const ledger = await openCopy(settings, () => gateway.host.open('replication', target)).catch(
    async (error: unknown) => {
      await gateway.stop();
      throw error;
    },
  );
  const { log } = ledger;
  opened.ledger = ledger;
  const searchIndex = await SearchIndex.open({ ledger, logger });
  const effects = openEffects(ledger, files, logger);
  await effects.run();
  effects.watch();
  const fileFollower = new FileFollower({
    ledger,
    files,
    open: () => gateway.host.open('replication', target),
    backoff: new Backoff(random),
    logger,
  });
  const follower = new Follower({
    ledger,
    files: fileFollower,
    origin,
    suite,
    open: () => gateway.host.open('replication', target),
    keys,
    backoff: new Backoff(random),
    clock,
    logger,
    async onForked() {
      if (!followed.deposed) return; // an operator is to look at it first
      const { epoch } = ledger;
      const { size } = log;
      await verifier.stop();
      await filesVerifier.stop();
      await sweep.stop();
      await searchIndex.stop();
      await effects.stop();
      await log.close();
      const aside = await putAside(archiveLocation, epoch, size);
      await files.linkInto(`${aside}.attachments`); // messages that only this log has go from the other folder
      await writeFollowed(archiveLocation, { ...followed, deposed: false });
      logger.warn(
        { aside },
        'what this node held beyond the primary is put aside; the archive is fetched anew',
      );
      onChange();
    },
  });
  const others = (): RosterNode[] =>
    rosterOf(ledger, domain)?.nodes.filter(
      ({ peer, roles }) =>
        roles.includes('archive') && peer !== gateway.host.peerId && peer !== followed.peer,
    ) ?? [];
  const openOthers = (): (() => Promise<FrameChannel>)[] =>
    [target, ...others().map(({ peer, addresses }) => ({ peerId: peer, addresses }))].map(
      (to) => async () => (await gateway.host.open('replication', to)).channel,
    );
  const verifier = verifierOf({ ledger, follower, settings, onLostViews: onChange }, openOthers);
  const filesVerifier = new FilesVerifier({
    ledger,
    files,
    upTo: () => fileFollower.heldUpTo(),
    cycleSeconds: settings.verifySeconds,
    fetch: fetchFileFrom(openOthers, files),
    clock: () => performance.now(),
    logger,
  });
  follower.start();
  verifier.start();
  filesVerifier.start();
  const sweep = new Sweep({ ledger, files, logger });
  sweep.start();
  return {
    settings,
    gateway,
    host: gateway.host,
    ledger,
    files,
    follower,
    followed,
    verifier,
    filesVerifier,
    async promote(actor, reason, force) {
      const authorities = new Authorities(ledger);
      const current = authorities.current();
      if (current === undefined)
        throw new ChanceryError(
          'archive.behind',
          'this replica holds nothing yet; let it follow the primary first',
        );
      const { root, issuer, statement } = current;
      const standing = await Standing.open(authorities, suite.sha256, { domain, root, issuer, statement });
      await SigningKeys.open(keys, standing, randomBytes);
      await assertFurthest(gateway, ledger, rosterOf(ledger, domain)?.nodes ?? [], followed.peer, force);
      if (!force) await assertFilesHere(fileFollower, log.size);
      await verifier.stop();
      await filesVerifier.stop();
      await follower.stop();
      const absences = absencesAtPromotion(ledger.log, follower.state, reason);
      if (absences.length > 0) await ledger.append(absences.map((absence) => fact('absence', absence)));
      const { number } = await authorities.promote(gateway.host.peerId, actor, reason);
      await settings.keepCertificates(standing.record);
      await clearFollowed(archiveLocation);
      return { epoch: number, size: log.size };
    },
    async stop() {
      await sweep.stop();
      await verifier.stop();
      await filesVerifier.stop();
      await follower.stop();
      await effects.stop();
      await gateway.stop();
      await searchIndex.stop();
      await log.close();
    },
  };
}

interface Verified {
  readonly ledger: Ledger;
  readonly follower: Follower;
  readonly settings: NodeSettings;
  readonly onLostViews: () => void;
}

/** A replica is verified like its primary; the copies it mends from are the primary's and those of other replicas. */
function verifierOf(
  { ledger: { log }, follower, settings, onLostViews }: Verified,
  open: Parameters<typeof mendFrom>[0],
): Verifier {
  const { archiveLocation, verifySeconds, log: logger } = settings;
  return new Verifier({
    log: {
      get lostViews() {
        return log.lostViews;
      },
      get findings() {
        return log.findings;
      },
      get size() {
        return log.size;
      },
      verify: (options) => log.verify(options),
      mend: (mender, options) => follower.undisturbed(() => log.mend(mender, options)),
      settle: () => follower.undisturbed(() => log.settle()),
    },
    location: archiveLocation,
    cycleSeconds: verifySeconds,
    mender: mendFrom(open),
    onLostViews,
    clock: () => performance.now(),
    logger,
  });
}

function rosterOf(ledger: Ledger | undefined, domain: string): Roster | undefined {
  const record = ledger?.newestRoster(domain);
  const roster = record === undefined ? undefined : readRoster(record.statement);
  return roster?.ok === true ? roster.value : undefined;
}

/** Other archive nodes are known by the roster of the log, so that they are let in while the primary is away. */
function isArchiveNode({ id, own, identity }: Peer, roster: Roster | undefined): boolean {
  const { leaf } = identity;
  return (
    own &&
    leaf.subject.kind === 'node' &&
    leaf.subject.roles.includes('archive') &&
    roster?.nodes.some(({ peer, roles }) => peer === id && roles.includes('archive')) === true &&
    !isRevoked(roster, leaf.serial)
  );
}

interface Answering {
  readonly leadership: Parameters<typeof answerStanding>[3];
  readonly files: SealedFiles;
  readonly version: string;
}

async function answerReplica(
  channel: FrameChannel,
  peer: Peer,
  { leadership, files, version }: Answering,
  domain: string,
): Promise<void> {
  const asked = await readFrame(channel, replicaFrameShape, MAX_FRAME_BYTES, 'replication request');
  if (asked.ok && (await answerStanding(asked.value, channel, peer, leadership))) return;
  const { ledger } = leadership;
  if (asked.ok && asked.value.type === 'fetch' && isArchiveNode(peer, rosterOf(ledger, domain))) {
    await answerFetch(asked.value, channel, ledger.log);
    return;
  }
  if (asked.ok && asked.value.type === 'file' && isArchiveNode(peer, rosterOf(ledger, domain))) {
    await answerFiles(asked.value, channel, files);
    return;
  }
  if (asked.ok && asked.value.type === 'state' && isArchiveNode(peer, rosterOf(ledger, domain))) {
    const { number, hash } = new PolicyKeeper(ledger, platform.suite.sha256).reading;
    await answerState(channel, { policy: number, hash, version });
    return;
  }
  const refused: Result<never> = asked.ok
    ? refuse('archive.deposed', 'this node is a replica itself; follow the primary')
    : asked;
  await writeFrame(channel, refusalFrame(refused.refusal));
  await channel.close();
}

/** What comes with messages is had from the primary: once that is lost, only from other replicas. */
async function assertFilesHere(files: FileFollower, size: number): Promise<void> {
  const held = await files.heldUpTo();
  if (held >= size) return;
  throw new ChanceryError(
    'archive.behind',
    `the file of entry ${held} is not here yet; wait, or add --force if no other node has it either`,
    { facts: { sequence: held } },
  );
}

/** Of what was acknowledged nothing may be lost by a promotion: whoever holds more is to be promoted instead. */
async function assertFurthest(
  { host }: GatewayNode,
  ledger: Ledger,
  nodes: readonly RosterNode[],
  primary: string,
  force: boolean,
): Promise<void> {
  const { size } = ledger.log;
  const silent: string[] = [];
  for (const { peer, roles, addresses } of nodes) {
    if (peer === host.peerId || !roles.includes('archive')) continue;
    const standing = await host
      .open('replication', { peerId: peer, addresses })
      .then(({ channel }) => askStanding(channel, { type: 'where', v: 1 }))
      .catch(() => undefined);
    if (standing?.ok === true && standing.value.size > size) {
      throw new ChanceryError(
        'archive.behind',
        `node ${peer} holds ${standing.value.size} entries, this one ${size}; promote that one, or wait until this one has them`,
        { facts: { peer, size: standing.value.size, own: size } },
      );
    }
    if (standing?.ok !== true && peer !== primary) silent.push(peer);
  }
  if (silent.length === 0 || force) return;
  throw new ChanceryError(
    'archive.behind',
    `${silent.join(', ')} could not be asked and may hold more; start it, or add --force if it is lost for good`,
    { facts: { silent: silent.join(' ') } },
  );
}
