/**
 * The organisation as its archive node runs it: ledger, authority, trust, intake, and the services of devices,
 * enrolment and federation, put together. Knows no transport: channels and peers are handed in.
 */
import { equals } from 'uint8arrays/equals';
import { epochLines, logOrigin } from '../../protocol/checkpoint/index.ts';
import type { Signer } from '../../protocol/crypto/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { VerificationContext } from '../../protocol/identity/index.ts';
import type { RosterNode } from '../../protocol/statement/index.ts';
import type { FrameChannel } from '../../protocol/wire/index.ts';
import type { ArchiveLog, ArchiveLogOptions } from '../archive/index.ts';
import type { IncomingFiles, SealedFiles } from '../attachments/index.ts';
import { Feed } from '../devices/index.ts';
import type { Custody } from '../custody/index.ts';
import {
  Authority,
  OwnProof,
  Rotation,
  SigningKeys,
  Standing,
  Trust,
  findDomain,
} from '../identity/index.ts';
import { Intake } from '../intake/index.ts';
import {
  Absences,
  Authorities,
  Evidence,
  type DataKeys,
  isListed,
  ledgerOn,
  Losses,
  Members,
  Messages,
  Partners,
  Signers,
  Turn,
  type Ledger,
} from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';
import { Recording } from '../recording/index.ts';
import { Copies, type Primary } from '../replication/index.ts';
import type { PolicyInForce } from '../oversight/index.ts';
import type { Retaining } from '../retention/index.ts';
import { openSealing } from '../sealing/index.ts';
import { SearchIndex } from '../search/index.ts';
import { agreeWithRoot } from './agree-with-root.ts';
import { openAttachedFiles } from './attached-files.ts';
import { openDeviceServices, type DeviceServices } from './device-services.ts';
import { openKeeping } from './keeping.ts';
import { assertOwnFiles } from './own-files.ts';
import { openPartnerServices, type PartnerServices } from './partner-services.ts';
import { platform, verificationContext } from './platform.ts';
import { openPolicing, type Policing } from './policing.ts';
import { recordOwn } from './record-own.ts';
import { openPrimary } from './replicating.ts';
import { openReviewing, type Reviewing } from './reviewing.ts';
import { RosterKeeper } from './roster-keeper.ts';
import type { NodeSettings } from './settings.ts';
import { openWholeLog } from './whole-views.ts';
import { openOwnLog, openWitnessing, type Witnessing } from './witnessing.ts';

export interface Organisation extends DeviceServices, PartnerServices {
  readonly domain: string;
  readonly standing: Standing;
  readonly rotation: Rotation;
  readonly context: VerificationContext;
  readonly log: ArchiveLog;
  readonly ledger: Ledger;
  readonly members: Members;
  readonly partners: Partners;
  readonly evidence: Evidence;
  readonly messages: Messages;
  readonly searchIndex: SearchIndex;
  readonly signers: Signers;
  readonly authority: Authority;
  readonly ownProof: OwnProof;
  readonly trust: Trust;
  readonly intake: Intake;
  /** The files of messages, beside the log, and those that are on their way in. */
  readonly files: SealedFiles;
  readonly incoming: IncomingFiles;
  readonly feed: Feed;
  readonly statementSigner: Signer;
  readonly witnessing: Witnessing;
  /** Serves the replicas of the archive. */
  readonly primary: Primary;
  readonly dataKeys: DataKeys;
  readonly custody: Custody;
  readonly copies: Copies;
  readonly retaining: Retaining;
  readonly policy: PolicyInForce;
  readonly policing: Policing;
  readonly reviewing: Reviewing;
  readonly absences: Absences;
  /** The signed checkpoint of our log as it is; throws why the log was stopped, where it was. */
  readonly checkpoint: () => Promise<string>;
  /** Signs and records a new roster after nodes or revocations changed. */
  readonly renewRoster: (changed?: RosterNode) => Promise<number>;
  /** Takes a node off the roster. */
  readonly removeNode: (peer: string) => Promise<number>;
  /**
   * The same, and the statement certificate when half of its life is over: twice in a roster's life, and at start, with
   * this node as it is, where the last roster does not do.
   */
  readonly renew: (own?: RosterNode) => Promise<void>;
  /** Records what waits to be, once it is known that the log may be written to. */
  readonly begin: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface OrganisationHooks {
  /** A node of ours was enrolled or the roster changed: partners are to be told. */
  readonly onRoster: () => void;
  /** A federation stream to one of a partner's nodes. */
  readonly openPartner: (partner: string) => Promise<{ channel: FrameChannel; peer: Peer }>;
  /** Tells a device that may no longer be here so, and drops its connections. */
  readonly drop: (peerId: string) => Promise<void>;
  /** There is another proof of our domain: who refused us may take us now. */
  readonly onProof: () => void;
  /** Another root is in force: everybody is to be shown it. */
  readonly onRoot: () => Promise<void>;
  /** Another archive node of ours leads now, under a higher epoch: this one may append nothing more. */
  readonly onLeader: (leader: Peer, epoch: number) => void | Promise<void>;
  /** Whether the log was restored from a backup, and is to be made whole from the replicas before it is written to. */
  readonly mayRefill: () => boolean;
  /** Resolves once it is known that the log may be written to. */
  readonly ready: Promise<unknown>;
}

/** Opens the archive and builds the services on it; the first roster is for the caller to make. Throws `archive.*`, `key.missing`, `certificate.*`. */
export async function openOrganisation(
  settings: NodeSettings,
  hooks: OrganisationHooks,
): Promise<Organisation> {
  const { domain, keys, log: logger } = settings;
  const { clock, randomBytes, suite } = platform;
  const context = verificationContext(settings.anchors);
  const began = clock();
  const copies = new Copies(settings.archiveCopies - 1);
  const sealing = await openSealing(keys, randomBytes);
  const options: ArchiveLogOptions = {
    location: settings.archiveLocation,
    origin: logOrigin(domain),
    sha256: suite.sha256,
    sealer: sealing.entries,
    clock,
    randomBytes,
    isListed,
    logger,
    ...(settings.archiveCopies > 1 ? { confirm: (size: number) => copies.confirmed(size) } : {}),
  };
  const log = await openWholeLog(options, sealing.views, settings);
  logger.debug({ entries: log.size, milliseconds: clock() - began }, 'archive opened and checked');
  const ledger = ledgerOn(log, domain, suite.sha256, sealing.views);
  const { steady } = platform;
  const file = `${settings.archiveLocation}.recording`;
  const recording = new Recording({ ledger, file, clock, steady, logger });
  const searchIndex = await SearchIndex.open({ ledger, logger });
  const ownLog = await openOwnLog(ledger, settings, () => statementSigner.publicKey);
  const members = new Members(ledger);
  const partners = new Partners(ledger, suite.sha256);
  const evidence = new Evidence(ledger, partners);
  const losses = new Losses(ledger);
  const { root, issuer, statement } = settings.certificates;
  const first = { domain, root, issuer, statement };
  const authorities = new Authorities(ledger);
  await assertOwnFiles(settings, authorities);
  const standing = await Standing.open(authorities, suite.sha256, first);
  const signing = await SigningKeys.open(keys, standing, randomBytes);
  // a node that died right after a change has its keys and files still to follow
  if (FILED.some((name) => !equals(settings.certificates[name], standing.record[name]))) {
    await settings.keepCertificates(standing.record);
    await signing.follow();
  }
  const statementSigner = signing.statement;
  const messages = new Messages(ledger);
  const signers = new Signers(ledger, suite);
  const { files, incoming, sweep } = await openAttachedFiles(ledger, settings, logger);
  const { windows, dataKeys, custody, retaining, policy, acts } = await openKeeping({
    ledger,
    sealing,
    members,
    partners,
    messages,
    files,
    settings,
    onWindow: (keyName) => void primary.handKey(keyName),
  });
  let begun = false;
  const ownProof = new OwnProof({
    domain,
    rootId: () => standing.rootId,
    dns: settings.dns,
    context,
    clock,
    log: logger,
    async onFound(found) {
      if (begun && (await recordOwn(found, standing, partners, clock))) hooks.onProof();
    },
  });
  const authority = new Authority({
    domain,
    standing,
    keys: signing,
    partners,
    rosterFloor: () => losses.rosterFloor,
    proof: () => ownProof.proof,
    rosterSeconds: settings.rosterSeconds,
    clock,
    randomBytes,
  });
  const trust = new Trust({
    domain,
    isOwnRoot: (rootId) => standing.rootIds.includes(rootId),
    members,
    partners,
    evidence,
    ownRoster: () => authority.roster,
    context,
    renewAgreement: (before, rootId) => agreeWithRoot(before, rootId, statementSigner),
    graceSeconds: settings.graceSeconds,
    clock,
    log: logger,
  });
  const { messageBytes, files: fileRules } = settings;
  const policing = openPolicing({
    ...{ domain, ledger, members, partners, messages, signers, messageBytes, files: fileRules, incoming },
    ...{ sealedFiles: files, scanners: settings.scanners, log: logger },
  });
  const { decisions, policies, enforcement, prepare, settled } = policing;
  const { decide } = enforcement;
  const intake = new Intake({
    ...{ domain, ledger, messages, signers, decide, prepare, settled, incoming, suite, clock },
  });
  const feed = new Feed({
    ...{ domain, ledger, messages, signers, members, partners, decisions, suite },
    warningOf: (rule) => policies.textOf(rule),
  });
  const turn = new Turn();
  const reviewing = openReviewing({
    ...{ domain, ledger, members, messages, signers, feed, policing, statementSigner, turn },
  });
  const checkpoint = async (): Promise<string> => {
    if (log.stopped !== undefined) throw ChanceryError.from(log.stopped);
    return log.checkpoint(statementSigner, epochLines(ledger.epoch));
  };
  const { ready } = hooks;
  const witnessing = openWitnessing({
    domain,
    ledger,
    partners,
    trust,
    ownLog,
    statementSigner,
    checkpoint,
    ready,
    logger,
  });
  const primary = openPrimary({
    ledger,
    files,
    authority,
    signing,
    keys,
    windows,
    copies,
    mayRefill: hooks.mayRefill,
    onLeader: hooks.onLeader,
    logger,
  });
  const { onRoster } = hooks;
  const rosters = new RosterKeeper({ domain, authority, standing, members, partners, onRoster });
  const renewRoster = (changed?: RosterNode): Promise<number> => rosters.renew(changed);
  const rotation = new Rotation({
    domain,
    standing,
    keys: signing,
    suite,
    lookUp: () => findDomain(domain, settings.dns, context, Math.floor(clock() / 1000)),
    async onChange(change) {
      await settings.keepCertificates(standing.record);
      logger.warn(
        { change, rootId: standing.rootId, sequence: standing.record.sequence },
        'own keys changed',
      );
      await ownProof.refresh();
      await renewRoster();
      if (change === 'root-rotated' || change === 'root-revoked') await hooks.onRoot();
    },
    clock,
    randomBytes,
  });
  const partnerServices = openPartnerServices({
    ...{ ledger, members, partners, messages, signers, standing, trust, intake, files, incoming },
    ...{ holding: retaining.holding, partnerLogs: witnessing.partnerLogs, statementSigner, checkpoint },
    ...{ open: hooks.openPartner, reports: policing.reports, turn, logger },
  });
  const deviceServices = openDeviceServices({
    ...{ settings, ledger, members, partners, messages, searchIndex, signers, dataKeys, intake },
    ...{ files, incoming, feed, authority, standing, directories: partnerServices.directories },
    ...{ retaining, policy, acts, policies: policing.desk, reviewing },
    ...{ checkpoint, cosigned: witnessing.cosigned, renewRoster, drop: hooks.drop, logger },
  });
  await ownProof.start();
  return {
    domain,
    standing,
    rotation,
    context,
    log,
    ledger,
    members,
    partners,
    evidence,
    messages,
    searchIndex,
    signers,
    authority,
    ownProof,
    trust,
    intake,
    files,
    incoming,
    feed,
    ...deviceServices,
    ...partnerServices,
    statementSigner,
    witnessing,
    primary,
    dataKeys,
    custody,
    copies,
    retaining,
    policy,
    policing,
    reviewing,
    absences: new Absences(ledger),
    checkpoint,
    renewRoster,
    removeNode: (peer) => rosters.remove(peer),
    async begin() {
      recording.start();
      await witnessing.begin();
      begun = true;
      const { found } = ownProof;
      if (found !== undefined) await recordOwn(found, standing, partners, clock);
      await custody.start();
      await policy.record();
      await retaining.start();
      sweep.start();
    },
    async renew(own) {
      await (own === undefined ? rosters.renew() : rosters.ensure(own));
      const { notBefore, notAfter } = standing.statement;
      if (clock() / 1000 < (notBefore + notAfter) / 2) return;
      await rotation.renewStatement().catch((error: unknown) => {
        logger.error({ err: error, alarm: true }, 'statement certificate not renewed; run chancery doctor');
      });
    },
    async close() {
      recording.stop();
      ownProof.stop();
      await partnerServices.letters.stop();
      await sweep.stop();
      await retaining.stop();
      await custody.stop();
      await searchIndex.stop();
      await policing.stop();
      await incoming.stop();
      await log.close();
    },
  };
}

/** Certificates of the standing that lie in files as well. */
const FILED = ['root', 'issuer', 'statement'] as const;
