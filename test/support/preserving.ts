/** An archive that takes what partners say of preservation, without a node or network, and partners that sign it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { platform } from '../../node/composition/platform.ts';
import { Exchanges, Reports, Turn, type Ledger, type Preservations } from '../../node/ledger/index.ts';
import { Inbox } from '../../node/letters/index.ts';
import type { Peer } from '../../node/network/index.ts';
import { openPreserving, type Preserving } from '../../node/preservation/index.ts';
import { Received } from '../../node/reports/index.ts';
import { nobleSuite } from '../../protocol/crypto/index.ts';
import type { Result } from '../../protocol/errors/index.ts';
import { preservationId, signLetter, type Letter } from '../../protocol/statement/index.ts';
import { makeKey } from './organisation.ts';
import { policyOf, RetainingWorld, type Said } from './retaining.ts';

export const OLIVE = 'olive@acme.test';
export const OSCAR = 'oscar@acme.test';
export const PARTNER = 'partner.test';

const ours = makeKey('the statement key of acme');

export class PreservingWorld {
  readonly retaining: RetainingWorld;
  readonly preserving: Preserving;
  readonly inbox: Inbox;
  readonly preservations: Preservations;
  /** With bob of the partner, with nobody else, with cat of a third organisation, and with both. */
  withPartner!: Said & { readonly conversation: Uint8Array };
  internal!: Said & { readonly conversation: Uint8Array };
  withThird!: Said & { readonly conversation: Uint8Array };

  private constructor(retaining: RetainingWorld) {
    this.retaining = retaining;
    const { ledger, members, messages } = retaining;
    this.preserving = openPreserving({
      domain: 'acme.test',
      ledger,
      members,
      partners: retaining.partners,
      messages,
      holding: retaining.retaining.holding,
      sha256: platform.suite.sha256,
      statementSigner: ours.signer,
    });
    const exchanges = new Exchanges(ledger);
    const reported = { ledger, messages, exchanges, reports: new Reports(ledger), turn: new Turn() };
    this.inbox = new Inbox({
      ...{ domain: 'acme.test', ledger, suite: platform.suite, statementSigner: ours.signer },
      takers: { preservation: this.preserving.received, report: new Received(reported) },
    });
    this.preservations = this.preserving.preservations;
  }

  static async open(): Promise<PreservingWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'chancery-preserving-'));
    const retaining = await RetainingWorld.at(folder, policyOf(0, null), Date.UTC(2026, 0, 10));
    const world = new PreservingWorld(retaining);
    for (const officer of [OLIVE, OSCAR]) await retaining.member(officer, ['member', 'compliance-officer']);
    for (const member of ['alice@acme.test', 'carol@acme.test']) await retaining.member(member);
    for (const domain of [PARTNER, 'third.test']) await retaining.agree(domain);
    world.withPartner = await world.#talk('bob@partner.test');
    world.internal = await world.#talk('carol@acme.test');
    world.withThird = await world.#talk('cat@third.test');
    return world;
  }

  async #talk(other: string): Promise<Said & { readonly conversation: Uint8Array }> {
    const conversation = await this.retaining.create(['alice@acme.test', other]);
    return { ...(await this.retaining.say(conversation, `said to ${other}`)), conversation };
  }

  get ledger(): Ledger {
    return this.retaining.ledger;
  }

  get records(): number {
    return this.ledger.log.size;
  }

  async close(): Promise<void> {
    await this.retaining.close();
    await rm(this.retaining.folder, { recursive: true, force: true });
  }

  /** What a partner's request says where nothing is wrong with it. */
  request(change: Partial<Letter<'preservation'>> = {}): Letter<'preservation'> {
    return {
      from: PARTNER,
      to: 'acme.test',
      time: this.retaining.now,
      matter: 'Smith v. Partner',
      people: ['bob@partner.test'],
      conversations: [],
      since: null,
      until: null,
      officer: 'petra@partner.test',
      reason: 'a claim was made',
      number: 1,
      ...change,
    };
  }

  /** A withdrawal or an answer by the partner. */
  act(request: Uint8Array): Omit<Letter<'preservation-withdrawal'>, 'v'> {
    const { time, from, to, officer, reason } = this.request();
    return { from, to, time, officer, reason, request };
  }

  /** Signs and hands it in as a partner's node does. */
  async take<K extends keyof typeof WHAT>(
    kind: K,
    statement: Letter<K>,
    as = PARTNER,
  ): Promise<Result<Uint8Array>> {
    return this.hand(WHAT[kind], await signLetter(kind, statement, keyOf(as).signer), as);
  }

  hand(
    what: 'request' | 'answer' | 'withdrawal',
    statement: Uint8Array,
    as = PARTNER,
  ): Promise<Result<Uint8Array>> {
    return this.inbox.take({ type: 'preservation', what, statement }, peerOf(as));
  }

  /** The id of a request that a partner made and that is here. */
  async requested(change: Partial<Letter<'preservation'>> = {}): Promise<Uint8Array> {
    const statement = await signLetter('preservation', this.request(change), keyOf(PARTNER).signer);
    const taken = await this.hand('request', statement);
    if (!taken.ok) throw new Error(`not taken: ${taken.refusal.message}`);
    return preservationId(statement, nobleSuite.sha256);
  }

  /** A request of ours to a partner. */
  ask(partner = PARTNER): Promise<Uint8Array> {
    const { matter, since, until, reason } = this.request();
    const people = ['alice@acme.test'];
    const asked = { matter, people, conversations: [], since, until, officer: OLIVE, reason };
    return this.preserving.acts.request(partner, asked);
  }
}

const WHAT = {
  preservation: 'request',
  'preservation-answer': 'answer',
  'preservation-withdrawal': 'withdrawal',
} as const;

export function keyOf(domain: string): ReturnType<typeof makeKey> {
  return makeKey(`the statement key of ${domain}`);
}

function peerOf(domain: string): Pick<Peer, 'identity'> {
  const certificate = new Uint8Array(3);
  const bundle = { statement: certificate, chain: [certificate, certificate, certificate] };
  const identity = { domain, statement: { publicKey: keyOf(domain).publicKey }, bundle };
  return { identity } as unknown as Pick<Peer, 'identity'>;
}
