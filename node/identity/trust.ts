/**
 * Who may come in: from a verified identity to a peer that is trusted, or the reason why not. Default deny: our own
 * devices and nodes in good standing, and the nodes of partners with an agreement; nobody else.
 * Guarantees: the root is the one the agreement names; a level never falls silently; an old roster never wins.
 */
import { peerIdFromString } from '@libp2p/peer-id';
import { toString } from 'uint8arrays/to-string';
import type { Logger } from 'pino';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import {
  verifyBundle,
  type VerificationContext,
  type VerifiedIdentity,
} from '../../protocol/identity/index.ts';
import {
  isRevoked,
  openRoster,
  readRoster,
  revocationOf,
  type Revocation,
  type Roster,
} from '../../protocol/statement/index.ts';
import type { AgreementRecord, Evidence, Members, Partners, RosterRecord } from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';
import { statementChain } from './statement-chain.ts';
import { PartnerStandings, type OtherRoot } from './partner-standings.ts';

/** Verified bundles kept: one for every connected device and node. */
const MAX_CACHED = 4_096;

/**
 * Of our own devices the records say more than the roster: who is suspended is told so, and a device whose certificate
 * was replaced comes in to fetch the new one, and for nothing else.
 */
const HERE_BY_RECORD: readonly Revocation['reason'][] = ['certificate-hold', 'superseded'];

export interface TrustOptions {
  readonly domain: string;
  /** Whether a root is ours, or was until it handed over: who stands under it is known here by record. */
  readonly isOwnRoot: (rootId: string) => boolean;
  readonly members: Members;
  readonly partners: Partners;
  readonly evidence: Evidence;
  /** Our own roster in force. */
  readonly ownRoster: () => Roster;
  readonly context: VerificationContext;
  /** Our agreement with a partner, signed anew for the root that its own handed over to. */
  readonly renewAgreement: (agreement: AgreementRecord, rootId: string) => Promise<AgreementRecord>;
  /** Seconds an overdue roster, or a proof that can no longer be renewed, is still believed. */
  readonly graceSeconds: number;
  readonly clock: () => number;
  readonly log: Logger;
}

/** A partner as it is trusted now. */
export interface TrustedPartner {
  readonly rootId: string;
  readonly roster: Roster | null;
}

export class Trust {
  readonly #options: TrustOptions;
  readonly #standings: PartnerStandings;
  readonly #verified = new Map<string, VerifiedIdentity>();
  readonly #rosters = new Map<string, { statement: Uint8Array; roster: Roster }>();

  constructor(options: TrustOptions) {
    this.#options = options;
    this.#standings = new PartnerStandings(options);
  }

  /** Judges a bundle shown by a peer whose key Noise has proven. */
  async admit(peerId: string, bundle: Uint8Array): Promise<Result<Peer>> {
    const identity = await this.#verify(peerId, bundle);
    if (!identity.ok) return identity;
    const own = identity.value.domain === this.#options.domain;
    const refusal = own
      ? this.#judgeOwn(peerId, identity.value)
      : await this.#judgePartner(peerId, identity.value);
    return refusal ?? accept({ id: peerId, identity: identity.value, own, bundle });
  }

  /**
   * Judges a node's bundle by what is known already and records nothing, so it serves before the log may be written to. An
   * own device is only recognised as such, and is to be judged by `admit`.
   */
  async recognise(peerId: string, bundle: Uint8Array): Promise<Result<Peer>> {
    const identity = await this.#verify(peerId, bundle);
    if (!identity.ok) return identity;
    const { domain, rootId, leaf, statement } = identity.value;
    const own = domain === this.#options.domain;
    const peer: Peer = { id: peerId, identity: identity.value, own, bundle };
    if (own) {
      const refusal = leaf.subject.kind === 'node' ? this.#judgeOwn(peerId, identity.value) : undefined;
      return refusal ?? accept(peer);
    }
    const agreement = this.#options.partners.agreement(domain);
    if (agreement === undefined)
      return refuse('agreement.missing', `${this.#options.domain} has no agreement with ${domain}`);
    if (leaf.subject.kind !== 'node' || statement === null)
      return refuse('peer.unauthorized', `devices of ${domain} talk to the nodes of ${domain}`);
    if (agreement.rootId !== rootId)
      return refuse(
        'identity.root-mismatch',
        `${domain} shows another root than is agreed on; try again later`,
      );
    const known = this.rosterOf(domain);
    const newest = known === null || known.number < statement.roster.number ? statement.roster : known;
    return refuseUnlisted(peerId, identity.value, newest) ?? accept(peer);
  }

  /** Whether traffic with a domain is allowed now. Refuses with `agreement.missing` or `roster.overdue`. */
  partner(domain: string): Result<TrustedPartner> {
    const agreement = this.#options.partners.agreement(domain);
    if (agreement === undefined) {
      return refuse('agreement.missing', `${this.#options.domain} has no agreement with ${domain}`);
    }
    const roster = this.rosterOf(domain);
    const now = this.#options.clock() / 1000;
    if (roster !== null && roster.nextUpdate + this.#options.graceSeconds < now) {
      return refuse(
        'roster.overdue',
        `the roster of ${domain} is overdue; its operator should start its node`,
      );
    }
    return accept({ rootId: agreement.rootId, roster });
  }

  /** Another root that a partner came with since the start, and was refused for; undefined where there is none. */
  otherRoot(domain: string): OtherRoot | undefined {
    return this.#standings.otherRoot(domain);
  }

  /** The newest roster seen of a partner. */
  rosterOf(domain: string): Roster | null {
    const record = this.#options.partners.roster(domain);
    if (record === undefined) return null;
    const cached = this.#rosters.get(domain);
    if (cached !== undefined && Buffer.compare(cached.statement, record.statement) === 0)
      return cached.roster;
    const roster = readRoster(record.statement);
    if (!roster.ok) return null;
    this.#rosters.set(domain, { statement: record.statement, roster: roster.value });
    return roster.value;
  }

  /**
   * Takes a roster that a partner's node sent along its stream, if that began under the root that is agreed on: who
   * owned the domain before may still have one open.
   */
  async takeRoster(statement: Uint8Array, identity: VerifiedIdentity): Promise<Result<unknown>> {
    const { domain } = identity;
    const publicKey = identity.statement?.publicKey;
    if (publicKey === undefined) return refuse('certificate.wrong-kind', `${domain} showed no statement key`);
    const { context, clock, partners } = this.#options;
    if (partners.agreement(domain)?.rootId !== identity.rootId)
      return refuse('identity.root-mismatch', `${domain} is known under another root; connect anew`);
    const roster = openRoster(statement, domain, publicKey, Math.floor(clock() / 1000), context.suite);
    if (!roster.ok) return roster;
    const known = this.rosterOf(domain);
    if (known !== null && standsRevoked(identity, known)) return revoked(domain);
    const record = recordOf(identity, publicKey, roster.value.number, statement);
    const taken = await partners.takeRoster(record);
    if (!taken.ok) await this.#convicts(record);
    return taken;
  }

  /** Whether a roster that was not taken proves a fault of the partner: then it is kept, with an alarm the first time. */
  async #convicts(record: RosterRecord): Promise<boolean> {
    const { evidence, log } = this.#options;
    const proven = evidence.proven(record);
    if (proven === undefined) return false;
    if (await evidence.keep(proven)) {
      const { domain, kind, first, second } = proven;
      const facts = { partner: domain, alarm: true, code: `roster.${kind}` };
      const numbers = { known: first.number, shown: second.number };
      log.error(
        { ...facts, ...numbers },
        `${domain} signed two rosters of which an honest one signs one; see chancery identity evidence`,
      );
    }
    return true;
  }

  async #verify(peerId: string, bundle: Uint8Array): Promise<Result<VerifiedIdentity>> {
    const { context, clock } = this.#options;
    const { publicKey } = peerIdFromString(peerId);
    if (publicKey?.type !== 'Ed25519')
      return refuse('identity.key-mismatch', 'the peer’s key is not an Ed25519 key');
    const now = Math.floor(clock() / 1000);
    const name = toString(context.suite.sha256(bundle), 'base64') + peerId;
    const cached = this.#verified.get(name);
    if (cached !== undefined && stillHolds(cached, now)) return accept(cached);
    const identity = await verifyBundle(bundle, publicKey.raw, now, context);
    if (!identity.ok) return identity;
    if (this.#verified.size >= MAX_CACHED) this.#verified.clear();
    this.#verified.set(name, identity.value);
    return identity;
  }

  #judgeOwn(peerId: string, identity: VerifiedIdentity): ReturnType<typeof refuse> | undefined {
    const { isOwnRoot, members, ownRoster, domain } = this.#options;
    if (!isOwnRoot(identity.rootId)) {
      return refuse('identity.root-mismatch', `the certificate shown is under another root of ${domain}`);
    }
    const roster = ownRoster();
    // whom we have certified ourselves is known by key: under an issuer or root that was revoked since, it comes to renew
    if (identity.leaf.subject.kind === 'node') {
      return leafRevoked(identity, roster) ? revoked(domain) : refuseUnnamed(peerId, domain, roster);
    }
    if (leafRevoked(identity, roster, HERE_BY_RECORD))
      return refuse('device.revoked', 'the certificate shown was revoked; ask your operator');
    const device = members.deviceOfPeer(peerId);
    if (device === undefined)
      return refuse('device.unknown', 'this device is not enrolled; ask for an invitation');
    if (device.revoked !== null)
      return refuse('device.revoked', 'this device was revoked; ask your operator');
    const member = members.active(device.address);
    return member.ok ? undefined : member;
  }

  async #judgePartner(
    peerId: string,
    identity: VerifiedIdentity,
  ): Promise<ReturnType<typeof refuse> | undefined> {
    const { partners, domain: us } = this.#options;
    const { domain } = identity;
    const agreement = partners.agreement(domain);
    if (agreement === undefined) {
      return refuse('agreement.missing', `${us} has no agreement with ${domain}; ask its operator to add it`);
    }
    if (identity.leaf.subject.kind !== 'node' || identity.statement === null) {
      return refuse('peer.unauthorized', `devices of ${domain} talk to the nodes of ${domain}`);
    }
    const known = this.rosterOf(domain);
    if (known !== null && standsRevoked(identity, known)) return revoked(domain);
    const level = await this.#standings.judge(identity, agreement);
    if (!level.ok) {
      const { code, message } = level.refusal;
      const alarm = code !== 'identity.handover-needed'; // it is asked for, and then judged
      this.#options.log[alarm ? 'error' : 'info']({ partner: domain, alarm, code }, message);
      return level;
    }
    const { publicKey, roster, signed } = identity.statement;
    const record = recordOf(identity, publicKey, roster.number, signed);
    const taken = await this.#standings.take(identity, level.value, record);
    // an older roster than is known never wins, but is no fault: a gateway's bundle, or one judged again, is seconds old
    if (!taken.ok && ((await this.#convicts(record)) || taken.refusal.code !== 'roster.rollback'))
      return taken;
    const allowed = this.partner(domain);
    if (!allowed.ok) return allowed;
    return refuseUnlisted(peerId, identity, allowed.value.roster ?? identity.statement.roster);
  }
}

/** A roster as it is recorded: with the certificates that verify it. */
function recordOf(
  identity: VerifiedIdentity,
  statementKey: Uint8Array,
  number: number,
  statement: Uint8Array,
): RosterRecord {
  return { domain: identity.domain, number, statementKey, chain: statementChain(identity), statement };
}

/** A node counts by the newest roster of its organisation, whichever it shows. */
function refuseUnlisted(
  peerId: string,
  identity: VerifiedIdentity,
  roster: Roster,
): ReturnType<typeof refuse> | undefined {
  const { domain } = identity;
  return standsRevoked(identity, roster) ? revoked(domain) : refuseUnnamed(peerId, domain, roster);
}

function refuseUnnamed(
  peerId: string,
  domain: string,
  roster: Roster,
): ReturnType<typeof refuse> | undefined {
  return roster.nodes.some((node) => node.peer === peerId)
    ? undefined
    : refuse('peer.unauthorized', `node ${peerId} is not on the roster of ${domain}`);
}

/** Whether the roster revokes a certificate by which the identity stands: its own, its issuer’s, its statement key’s. */
function standsRevoked(identity: VerifiedIdentity, roster: Roster): boolean {
  const [, ...above] = identity.leaf.certificates.map(({ serial }) => serial);
  if (identity.statement !== null) above.push(identity.statement.serial);
  return leafRevoked(identity, roster) || above.some((serial) => isRevoked(roster, serial));
}

/** Whether the roster revokes the certificate itself, for another reason than the `excepted` ones. */
function leafRevoked(
  { leaf }: VerifiedIdentity,
  roster: Roster,
  excepted: readonly Revocation['reason'][] = [],
): boolean {
  const reason = revocationOf(roster, leaf.serial)?.reason;
  return reason !== undefined && !excepted.includes(reason);
}

function revoked(domain: string): ReturnType<typeof refuse> {
  return refuse('certificate.revoked', `a certificate that the node shows was revoked by ${domain}`);
}

/** Whether all that was verified of an identity holds at a time (seconds), the proof of its domain included. */
function stillHolds({ leaf, statement, proof }: VerifiedIdentity, now: number): boolean {
  const windows = [leaf.window];
  if (statement !== null) windows.push(statement.window);
  if (proof?.ok === true) windows.push(proof.value.window);
  return windows.every(({ from, until }) => from <= now && now <= until);
}
