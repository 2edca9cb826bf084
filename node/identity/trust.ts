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
import type { Members, OrganisationRecord, Partners } from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';

/** Verified bundles kept: one for every connected device and node. */
const MAX_CACHED = 4_096;

/**
 * Of our own devices the records say more than the roster: who is suspended is told so, and a device whose certificate
 * was replaced comes in to fetch the new one, and for nothing else.
 */
const HERE_BY_RECORD: readonly Revocation['reason'][] = ['certificate-hold', 'superseded'];

export interface TrustOptions {
  readonly domain: string;
  readonly rootId: string;
  readonly members: Members;
  readonly partners: Partners;
  /** Our own roster in force. */
  readonly ownRoster: () => Roster;
  readonly context: VerificationContext;
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
  readonly #verified = new Map<string, VerifiedIdentity>();
  readonly #rosters = new Map<string, { statement: Uint8Array; roster: Roster }>();

  constructor(options: TrustOptions) {
    this.#options = options;
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

  /** Takes a roster that a partner's node sent along its stream. */
  async takeRoster(statement: Uint8Array, identity: VerifiedIdentity): Promise<Result<unknown>> {
    const { domain } = identity;
    const publicKey = identity.statement?.publicKey;
    if (publicKey === undefined) return refuse('certificate.wrong-kind', `${domain} showed no statement key`);
    const { context, clock } = this.#options;
    const roster = openRoster(statement, domain, publicKey, Math.floor(clock() / 1000), context.suite);
    if (!roster.ok) return roster;
    const known = this.rosterOf(domain);
    if (known !== null && standsRevoked(identity, known)) return revoked(domain);
    return this.#options.partners.takeRoster({
      domain,
      number: roster.value.number,
      statementKey: publicKey,
      statement,
    });
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
    const { rootId, members, ownRoster, domain } = this.#options;
    if (identity.rootId !== rootId) {
      return refuse('identity.root-mismatch', `the certificate shown is under another root of ${domain}`);
    }
    const roster = ownRoster();
    if (identity.leaf.subject.kind === 'node') return refuseUnlisted(peerId, identity, roster);
    if (standsRevoked(identity, roster, HERE_BY_RECORD))
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
    if (identity.rootId !== agreement.rootId) {
      this.#options.log.error({ partner: domain, alarm: true }, 'partner shows another root than was agreed');
      return refuse('identity.root-mismatch', `${domain} shows another root than the one ${us} agreed with`);
    }
    const known = this.rosterOf(domain);
    if (known !== null && standsRevoked(identity, known)) return revoked(domain);
    const level = this.#level(identity, agreement.pinned);
    if (!level.ok) {
      this.#options.log.error(
        { partner: domain, alarm: true, code: level.refusal.code },
        level.refusal.message,
      );
      return level;
    }
    const taken = await this.#take(identity, level.value);
    // an older roster than is known never wins, but is no fault: a gateway's bundle, or one judged again, is seconds old
    if (!taken.ok && taken.refusal.code !== 'roster.rollback') return taken;
    const allowed = this.partner(domain);
    if (!allowed.ok) return allowed;
    return refuseUnlisted(peerId, identity, allowed.value.roster ?? identity.statement.roster);
  }

  /** The level the identity shows now, held against the one it was known at: no quiet way down. */
  #level(identity: VerifiedIdentity, pinned: boolean): Result<OrganisationRecord['level']> {
    const { partners, clock, graceSeconds } = this.#options;
    const { domain, rootId, proof } = identity;
    const known = partners.organisation(domain);
    if (proof?.ok === true) {
      const { current } = proof.value.records;
      if (current.id !== rootId)
        return refuse('identity.root-mismatch', `the domain ${domain} names another root`);
      if (known !== undefined && current.sequence < known.sequence) {
        return refuse('identity.rollback', `${domain} shows an older record than was seen before`);
      }
      return accept('dnssec');
    }
    if (known?.level === 'dnssec') {
      const lasts = (known.proofUntil ?? 0) + graceSeconds >= clock() / 1000;
      if (lasts) return accept('dnssec');
      if (pinned) return accept('pinned');
      return refuse(
        'identity.downgrade',
        `${domain} was verified by DNSSEC and can no longer show a valid proof`,
      );
    }
    if (pinned) return accept('pinned');
    return known === undefined
      ? refuse('identity.unproven', `${domain} shows no DNSSEC proof`)
      : accept(known.level);
  }

  /** Records what is new about a partner: a level, a proof that lasts longer, a newer roster. */
  async #take(identity: VerifiedIdentity, level: OrganisationRecord['level']): Promise<Result<unknown>> {
    const { partners, clock } = this.#options;
    const { domain, rootId, statement, bundle } = identity;
    const known = partners.organisation(domain);
    const proof = identity.proof?.ok === true ? identity.proof.value : undefined;
    const longer = proof !== undefined && proof.window.until > (known?.proofUntil ?? 0);
    const risen = (proof?.records.current.sequence ?? 0) > (known?.sequence ?? 0);
    if (known?.rootId !== rootId || known.level !== level || longer || risen) {
      await partners.sighted({
        domain,
        rootId,
        level,
        sequence: proof?.records.current.sequence ?? known?.sequence ?? 0,
        proof: proof === undefined ? (known?.proof ?? null) : bundle.proof,
        proofUntil: proof?.window.until ?? known?.proofUntil ?? null,
        root: bundle.chain[2] ?? null,
        since: known?.rootId === rootId ? known.since : clock(),
      });
    }
    if (statement === null) return accept(undefined);
    return partners.takeRoster({
      domain,
      number: statement.roster.number,
      statementKey: statement.publicKey,
      statement: statement.signed,
    });
  }
}

/** A node counts by the newest roster of its organisation, whichever it shows. */
function refuseUnlisted(
  peerId: string,
  identity: VerifiedIdentity,
  roster: Roster,
): ReturnType<typeof refuse> | undefined {
  const { domain } = identity;
  if (standsRevoked(identity, roster)) return revoked(domain);
  return roster.nodes.some((node) => node.peer === peerId)
    ? undefined
    : refuse('peer.unauthorized', `node ${peerId} is not on the roster of ${domain}`);
}

/**
 * Whether the roster revokes a certificate by which the identity stands: its own, its issuer’s, its statement key’s.
 * That of a leaf for one of the `excepted` reasons does not count.
 */
function standsRevoked(
  { leaf, statement }: VerifiedIdentity,
  roster: Roster,
  excepted: readonly Revocation['reason'][] = [],
): boolean {
  const [own, ...above] = leaf.certificates.map(({ serial }) => serial);
  if (statement !== null) above.push(statement.serial);
  const reason = own === undefined ? undefined : revocationOf(roster, own)?.reason;
  const revoked = reason !== undefined && !excepted.includes(reason);
  return revoked || above.some((serial) => isRevoked(roster, serial));
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
