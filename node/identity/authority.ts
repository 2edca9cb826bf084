/**
 * The organisation's issuing authority on its archive node: certifies devices and nodes, signs the roster, and makes
 * the bundles they show. Holds the issuer's and the statement signer's keys; never the root's.
 */
import { equals } from 'uint8arrays/equals';
import { issueCrl, issueDevice, issueNode, parseCertificate } from '../../protocol/certificate/index.ts';
import type { Signer } from '../../protocol/crypto/index.ts';
import { ChanceryError, accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { encodeBundle } from '../../protocol/identity/index.ts';
import { parseAddress } from '../../protocol/names/index.ts';
import {
  readRoster,
  signRoster,
  type Revocation,
  type Roster,
  type RosterNode,
} from '../../protocol/statement/index.ts';
import { BACKDATE, LIFE } from '../signing/index.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { Standing } from './standing.ts';
import type { Device, Member, Members, Partners, RosterRecord } from '../ledger/index.ts';
import { rawKey } from './peer-key.ts';

export interface AuthorityOptions {
  readonly domain: string;
  readonly standing: Standing;
  readonly keys: SigningKeys;
  readonly partners: Partners;
  /** The current DNSSEC proof of our own domain; null where there is none. */
  readonly proof: () => Uint8Array | null;
  /** A number that every roster has to be beyond: others may hold such of a log that was lost. */
  readonly rosterFloor: () => number;
  /** Seconds a roster holds before the next is due. */
  readonly rosterSeconds: number;
  readonly clock: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
}

export class Authority {
  readonly #options: AuthorityOptions;
  /** Certificates renewed since the start, by peer id: as many as the roster has nodes. */
  readonly #nodeCertificates = new Map<string, Uint8Array>();
  #roster: { roster: Roster; statement: Uint8Array } | undefined;

  constructor(options: AuthorityOptions) {
    this.#options = options;
  }

  get rootId(): string {
    return this.#options.standing.rootId;
  }

  get statementSigner(): Signer {
    return this.#options.keys.statement;
  }

  /** The roster in force. */
  get roster(): Roster {
    return this.#current().roster;
  }

  get rosterFloor(): number {
    return this.#options.rosterFloor();
  }

  get signedRoster(): Uint8Array {
    return this.#current().statement;
  }

  /** Takes up the last roster that the log holds; undefined for a new organisation. */
  load(record: RosterRecord | undefined): Roster | undefined {
    if (record === undefined) return undefined;
    const roster = readRoster(record.statement);
    if (!roster.ok) throw ChanceryError.from(roster.refusal);
    this.#roster = { roster: roster.value, statement: record.statement };
    return roster.value;
  }

  #current(): { roster: Roster; statement: Uint8Array } {
    if (this.#roster === undefined) throw new ChanceryError('internal', 'the roster is not yet made');
    return this.#roster;
  }

  /** Signs and records the next roster: at start, when half of the last one is over, and on each change. */
  async renewRoster(nodes: readonly RosterNode[], revoked: readonly Revocation[]): Promise<Roster> {
    const { domain, partners, standing, keys, rosterSeconds } = this.#options;
    const issued = this.#now();
    const roster: Roster = {
      domain,
      number: Math.max(partners.roster(domain)?.number ?? 0, this.rosterFloor) + 1,
      issued,
      nextUpdate: issued + rosterSeconds,
      nodes,
      revoked: [...standing.revoked, ...revoked],
    };
    const chain = [standing.statement.der, standing.issuer.der, standing.root.der];
    const { publicKey } = keys.statement;
    const statement = await signRoster(roster, keys.statement);
    const taken = await partners.takeRoster({
      domain,
      number: roster.number,
      statementKey: publicKey,
      chain,
      statement,
    });
    if (!taken.ok) throw ChanceryError.from(taken.refusal);
    this.#roster = { roster, statement };
    return roster;
  }

  /** Certifies a member's device by its peer id. Refuses with `request.invalid`, `identity.key-mismatch` or `certificate.*`. */
  async certifyDevice(
    member: Member,
    peer: string,
    label: string,
  ): Promise<Result<{ device: Device; bundle: Uint8Array }>> {
    const { standing, keys, clock, randomBytes } = this.#options;
    const publicKey = rawKey(peer);
    const address = parseAddress(member.address);
    if (!address.ok) return address;
    if (publicKey === undefined)
      return refuse('identity.key-mismatch', 'the device’s key is not an Ed25519 key');
    const certificate = await issueDevice({
      publicKey,
      address: address.value,
      deviceId: peer,
      name: member.name,
      roles: member.roles,
      serial: randomBytes(16),
      ...this.#window(LIFE.device),
      issuer: standing.issuer,
      signer: keys.issuer,
    });
    const parsed = parseCertificate(certificate);
    if (!parsed.ok) return parsed;
    const device: Device = {
      serial: parsed.value.serial,
      address: member.address,
      label,
      peer,
      enrolled: clock(),
      expires: parsed.value.notAfter,
      certificate,
      revoked: null,
    };
    return accept({ device, bundle: this.deviceBundle(certificate) });
  }

  /**
   * A fresh certificate for a device in good standing that shows the one with the serial `shown`: one that was made for
   * it already, or a new one.
   */
  async renewDevice(device: Device, shown: string, members: Members): Promise<Result<Uint8Array>> {
    const member = members.active(device.address);
    if (!member.ok) return member;
    if (device.serial !== shown && device.expires > this.#now() + LIFE.device / 2)
      return accept(this.deviceBundle(device.certificate));
    const renewed = await this.certifyDevice(member.value, device.peer, device.label);
    if (!renewed.ok) return renewed;
    // either may have changed while the certificate was made; the append that follows is synchronous
    const now = members.deviceOfPeer(device.peer);
    if (now === undefined || now.revoked !== null)
      return refuse('device.revoked', 'this device was revoked; ask your operator');
    if (now.serial !== device.serial || members.find(device.address) !== member.value)
      return this.renewDevice(now, device.serial, members);
    await members.renewDevice({ ...renewed.value.device, enrolled: device.enrolled });
    return accept(renewed.value.bundle);
  }

  /** Certifies a node of the organisation by its peer id: DER. */
  async certifyNode(peer: string, roles: readonly ('gateway' | 'archive')[]): Promise<Result<Uint8Array>> {
    const { domain, standing, keys, randomBytes } = this.#options;
    const publicKey = rawKey(peer);
    if (publicKey === undefined)
      return refuse('identity.key-mismatch', 'the node’s key is not an Ed25519 key');
    return accept(
      await issueNode({
        publicKey,
        domain,
        peerId: peer,
        roles,
        serial: randomBytes(16),
        ...this.#window(LIFE.node),
        issuer: standing.issuer,
        signer: keys.issuer,
      }),
    );
  }

  /**
   * The certificate a node should show: the one it has, or a fresh one when more than `share` of its life is over, or
   * another issuer is in force.
   * The roles are those the roster gives it. Throws `certificate.*`.
   */
  async freshNodeCertificate(certificate: Uint8Array, peer: string, share: number): Promise<Uint8Array> {
    const current = this.#nodeCertificates.get(peer) ?? certificate;
    const parsed = parseCertificate(current);
    if (!parsed.ok) throw ChanceryError.from(parsed.refusal);
    const { notBefore, notAfter, aki } = parsed.value;
    const { ski } = this.#options.standing.issuer;
    const ofIssuer = aki !== null && ski !== null && equals(aki, ski);
    if (ofIssuer && this.#now() < notBefore + (notAfter - notBefore) * share) return current;
    const roles = this.roster.nodes.find((node) => node.peer === peer)?.roles ?? [];
    const renewed = await this.certifyNode(peer, roles);
    if (!renewed.ok) throw ChanceryError.from(renewed.refusal);
    this.#nodeCertificates.set(peer, renewed.value);
    return renewed.value;
  }

  /** The roster's revocations as an X.509 CRL, DER: current until the next roster is made. */
  crl(): Promise<Uint8Array> {
    const { standing, keys } = this.#options;
    const { issuer } = standing;
    const signer = keys.issuer;
    const { number, issued, nextUpdate, revoked } = this.roster;
    return issueCrl({ issuer, signer, number, thisUpdate: issued, nextUpdate, revoked });
  }

  /** The chain (device, issuer, root) under which a device of ours stands now; as given where its issuer is long gone. */
  chainNow(chain: readonly Uint8Array[]): readonly Uint8Array[] {
    const [leaf] = chain;
    return leaf !== undefined && this.stands(chain) ? this.#options.standing.chainOf(leaf) : chain;
  }

  /** Whether a device's certificate stands under an issuer of ours that is not revoked. */
  stands([leaf]: readonly Uint8Array[]): boolean {
    return leaf !== undefined && this.#options.standing.issued(leaf);
  }

  /** The bundle that a device shows to its own organisation. Throws `certificate.broken-chain`. */
  deviceBundle(certificate: Uint8Array): Uint8Array {
    const { standing, proof } = this.#options;
    const chain = standing.chainOf(certificate);
    return encodeBundle({ proof: proof(), chain, handovers: [], statement: null, roster: null });
  }

  /** The bundle that a node shows, whole: see `withoutHandovers`. Throws `certificate.broken-chain`. */
  nodeBundle(certificate: Uint8Array): Uint8Array {
    const { standing, proof } = this.#options;
    return encodeBundle({
      proof: proof(),
      chain: standing.chainOf(certificate),
      handovers: standing.record.handovers,
      statement: standing.record.statement,
      roster: this.signedRoster,
    });
  }

  #window(life: number): { notBefore: number; notAfter: number } {
    const now = this.#now();
    const { issuer } = this.#options.standing;
    return {
      notBefore: Math.max(now - BACKDATE, issuer.notBefore),
      notAfter: Math.min(now + life - BACKDATE, issuer.notAfter),
    };
  }

  #now(): number {
    return Math.floor(this.#options.clock() / 1000);
  }
}
