/**
 * An organisation under attack: `home.test` with its trust, members and partners on a real ledger, at a time that the
 * test sets, and an agreement with `acme.test`, whose every key the test holds, down from the DNS root.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { ArchiveLog } from '../../node/archive/index.ts';
import { sodiumSuite } from '../../node/crypto/index.ts';
import { Trust } from '../../node/identity/index.ts';
import {
  Evidence,
  ledgerOn,
  Members,
  Partners,
  type AgreementRecord,
  type Ledger,
} from '../../node/ledger/index.ts';
import type { Peer } from '../../node/network/index.ts';
import { encodeTxt } from '../../protocol/dnssec/index.ts';
import { valueOf, type Result } from '../../protocol/errors/index.ts';
import {
  encodeBundle,
  formatRecord,
  type Bundle,
  type VerificationContext,
  type VerifiedIdentity,
} from '../../protocol/identity/index.ts';
import { signAgreement, signRoster, type Roster } from '../../protocol/statement/index.ts';
import { archiveOptions, testSealing } from './archive.ts';
import { AT, Chain, dnssecCrypto, txtSet, type Spoiled } from './dnssec-chain.ts';
import { makeNode, makeOrganisation } from './organisation.ts';

export const HOME = 'home.test';
const GRACE_SECONDS = 3_600;
const SEQUENCE = 7;

/** How the partner is known: by DNSSEC and not pinned, unless said otherwise. */
interface Standing {
  readonly level?: 'dnssec' | 'pinned' | 'dns';
  readonly pinned?: boolean;
  /** Seconds: when the last proof seen ends. */
  readonly proofUntil?: number;
}

/** What never changes, so that it is made once: the DNS tree, the two organisations, the partner's node. */
const DNS = new Chain();
const PARTNER = await makeOrganisation('acme.test', { at: AT });
const NODE = await makeNode(PARTNER);
const OURS = await makeOrganisation(HOME, { at: AT });

export class Besieged {
  /** Seconds since 1970: what the clock says. */
  now = AT;
  /** Our own roster: tests put nodes and revocations on it. */
  ownRoster: Roster = {
    domain: HOME,
    number: 1,
    issued: AT,
    nextUpdate: AT + 86_400,
    nodes: [],
    revoked: [],
  };
  readonly dns = DNS;
  readonly partner = PARTNER;
  readonly node = NODE;
  readonly home = OURS;
  readonly context: VerificationContext = {
    suite: sodiumSuite,
    dnssec: dnssecCrypto,
    anchors: DNS.anchors,
  };
  #session: VerifiedIdentity | undefined;
  readonly ledger: Ledger;
  readonly members: Members;
  readonly partners: Partners;
  readonly evidence: Evidence;
  readonly trust: Trust;
  /** What was logged as an error, a line each. */
  readonly alarms: string[] = [];
  readonly close: () => Promise<void>;

  private constructor(log: ArchiveLog, close: () => Promise<void>) {
    this.close = close;
    this.ledger = ledgerOn(log, HOME, sodiumSuite.sha256, testSealing().views);
    this.members = new Members(this.ledger);
    this.partners = new Partners(this.ledger, sodiumSuite.sha256);
    this.evidence = new Evidence(this.ledger, this.partners);
    this.trust = new Trust({
      domain: HOME,
      isOwnRoot: (rootId) => rootId === OURS.rootId,
      members: this.members,
      partners: this.partners,
      evidence: this.evidence,
      ownRoster: () => this.ownRoster,
      context: this.context,
      renewAgreement: (agreement, rootId) => this.#agreement(agreement.domain, rootId, agreement.pinned),
      graceSeconds: GRACE_SECONDS,
      clock: () => this.now * 1_000,
      log: pino({ level: 'error' }, { write: (line) => void this.alarms.push(line) }),
    });
  }

  static async open(): Promise<Besieged> {
    const folder = await mkdtemp(join(tmpdir(), 'chancery-besieged-'));
    const log = await ArchiveLog.open(archiveOptions(join(folder, 'archive')));
    return new Besieged(log, async () => {
      await log.close();
      await rm(folder, { recursive: true, force: true });
    });
  }

  /** How many entries the log has. */
  get records(): number {
    return this.ledger.log.size;
  }

  /** Agrees with the partner, which is known in this way. */
  async agree({ level = 'dnssec', pinned = false, proofUntil = AT + 86_400 }: Standing = {}): Promise<void> {
    const { domain, rootId } = this.partner;
    const proven = level === 'dnssec';
    await this.partners.agree(await this.#agreement(domain, rootId, pinned), {
      organisation: {
        domain,
        rootId,
        formerRoots: [],
        sequence: SEQUENCE,
        level,
        proof: null,
        proofUntil: proven ? proofUntil : null,
        root: null,
        since: AT * 1_000,
      },
      proof: proven ? this.proof() : null,
    });
  }

  async #agreement(domain: string, rootId: string, pinned: boolean): Promise<AgreementRecord> {
    return {
      domain,
      state: 'active',
      statement: await signAgreement(
        {
          from: HOME,
          with: domain,
          root: rootId,
          since: AT,
          until: null,
          terms: { messageBytes: 65_536, directory: 'none' },
        },
        this.home.statement.signer,
      ),
      rootId,
      pinned,
      addresses: [],
      since: AT * 1_000,
    };
  }

  /** The partner's DNSSEC proof; of another root or sequence, or spoiled in its last link. */
  proof(record: { rootId?: string; sequence?: number } = {}, how: Spoiled = {}): Uint8Array {
    const { rootId = this.partner.rootId, sequence = SEQUENCE } = record;
    const text = formatRecord({ id: rootId, sequence, state: 'current' });
    return this.dns.proof({ 5: txtSet(this.dns.acme, { rdatas: [encodeTxt(text)], ...how }) });
  }

  /** The partner's roster as it would be now, signed by its statement key or another. */
  roster(change: Partial<Roster> = {}, signer = this.partner.statement.signer): Promise<Uint8Array> {
    return signRoster(
      {
        domain: this.partner.domain,
        number: 5,
        issued: AT,
        nextUpdate: AT + 86_400,
        nodes: [{ peer: this.node.peerId, roles: ['gateway', 'archive'], addresses: [] }],
        revoked: [],
        ...change,
      },
      signer,
    );
  }

  /** What the partner's node shows, with some parts exchanged. */
  async bundle(change: Partial<Bundle> = {}): Promise<Uint8Array> {
    return encodeBundle({
      proof: this.proof(),
      chain: this.node.chain.map(({ der }) => der),
      handovers: [],
      statement: this.partner.statement.certificate.der,
      roster: await this.roster(),
      ...change,
    });
  }

  admit(bundle: Uint8Array, peerId = this.node.peerId): Promise<Result<Peer>> {
    return this.trust.admit(peerId, bundle);
  }

  /** Lets the partner's node in, as it should be, so that what it showed is on record and it has a session. */
  async meet(change: Partial<Bundle> = {}): Promise<void> {
    this.#session = valueOf(await this.admit(await this.bundle(change))).identity;
  }

  /** Who the partner's node is in its session. */
  get session(): VerifiedIdentity {
    if (this.#session === undefined) throw new Error('the partner’s node was not met');
    return this.#session;
  }
}
