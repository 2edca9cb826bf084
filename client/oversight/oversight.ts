/**
 * What a compliance officer does with the authority of that role, from their own device: it signs each act, and shows what
 * others ask for as they signed it. Guarantees: what is approved is what was checked here, byte for byte; nothing that the
 * node says of a request is taken on its word but how it stands.
 */
import { peerIdOf } from '../../protocol/certificate/index.ts';
import type { Signer } from '../../protocol/crypto/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { verifyChain } from '../../protocol/identity/index.ts';
import {
  ACT_NONCE_BYTES,
  openAct,
  runsOf,
  signAct,
  type Asked,
  type Deed,
} from '../../protocol/oversight/index.ts';
import type { HoldScope } from '../../protocol/archive/index.ts';
import type { ShownRequest } from '../../protocol/wire/index.ts';
import type { Looking, Provenance } from '../archive/index.ts';
import type { Platform } from '../platform.ts';
import type { Requests } from '../session/index.ts';

/** Requests asked for at a time. */
const PAGE = 64;

export interface OversightOptions extends Pick<Platform, 'clock' | 'randomBytes'> {
  readonly signer: Signer;
  readonly provenance: Provenance;
  readonly address: string;
  /** Throws why there is no connection. */
  readonly requests: () => Requests;
}

/** What became of an act: the entry of the request, hold or erasure, and until when another officer has to decide. */
export interface Acted {
  readonly entry: number;
  /** Milliseconds since 1970; null where nobody has to. */
  readonly expires: number | null;
}

/** A request as its officer signed it, checked here. */
export interface OpenedRequest extends ShownRequest {
  readonly asked: Asked;
  /** SHA-256 of the signed act. */
  readonly act: Uint8Array;
}

export interface HoldInForce {
  readonly hold: number;
  readonly time: number;
  readonly matter: string;
  readonly officer: string;
  readonly reason: string;
}

export class Oversight {
  readonly #options: OversightOptions;

  constructor(options: OversightOptions) {
    this.#options = options;
  }

  /** Asks another officer to approve something. Throws `officer.required`, `approval.needless`, `request.invalid`. */
  ask(asked: Asked): Promise<Acted> {
    return this.#act({ kind: 'ask', asked });
  }

  /** The same for entries that are to be read or handed on. `query` says what was sought. */
  askFor(
    action: 'open' | 'export',
    sequences: readonly number[],
    { purpose, case: name = '' }: Looking,
    query = '',
  ): Promise<Acted> {
    return this.ask({ action, purpose, case: name, query, entries: runsOf(sequences) });
  }

  /** Asks that all holds of a matter end. Throws `hold.unknown` where none is in force. */
  async askRelease(matter: string, reason: string): Promise<Acted> {
    const holds = (await this.holds()).filter((one) => one.matter === matter).map(({ hold }) => hold);
    if (holds.length === 0) throw new ChanceryError('hold.unknown', `no hold for ${matter} is in force`);
    return this.ask({ action: 'release', matter, holds, reason });
  }

  /** Asks that the weaker policy which waits comes into force. Throws `approval.needless` where none waits. */
  async askPolicy(reason: string): Promise<Acted> {
    const { waiting } = await this.policy();
    if (waiting === null) throw new ChanceryError('approval.needless', 'no other policy waits for officers');
    return this.ask({ action: 'retention', policy: waiting, reason });
  }

  /** Places a legal hold. With `notice` every member whom it names as a person is told of it in these words; else nobody is. */
  hold(matter: string, scope: HoldScope, reason: string, notice?: string): Promise<Acted> {
    return this.#act({ kind: 'hold', matter, scope, reason, ...(notice === undefined ? {} : { notice }) });
  }

  /** Approves what another officer asked, as it was opened. Throws `approval.*`, `officer.required`. */
  approve({ request, act }: OpenedRequest): Promise<Acted> {
    return this.#act({ kind: 'approve', request, act });
  }

  /** Turns it down, or takes one's own back. Throws like `approve`. */
  decline({ request, act }: OpenedRequest, reason: string): Promise<Acted> {
    return this.#act({ kind: 'decline', request, act, reason });
  }

  /** Requests newest first, those that were decided as well. */
  async *requests(): AsyncGenerator<ShownRequest, void, undefined> {
    let before: number | null = null;
    do {
      const page: { readonly requests: readonly ShownRequest[]; readonly next: number | null } =
        await this.#options.requests().ask('officer-requests', { before, limit: PAGE });
      yield* page.requests;
      before = page.next;
    } while (before !== null);
  }

  /** One request, as it was signed. Throws `approval.missing`, `signature.invalid`, `identity.root-mismatch`. */
  async request(entry: number): Promise<OpenedRequest> {
    const { provenance, requests } = this.#options;
    const { suite, domain, isOwnRoot } = provenance;
    const { request, act, chain } = await requests().ask('officer-request', { request: entry });
    const path = valueOf(verifyChain(chain, null, suite));
    const { subject, publicKey, rootId } = path;
    if (path.domain !== domain || !isOwnRoot(rootId))
      throw new ChanceryError(
        'identity.root-mismatch',
        `request ${entry} is not signed under the root of ${domain}`,
      );
    const opened = valueOf(openAct(act, publicKey, suite));
    const isOfficers = subject.kind === 'device' && subject.roles.includes('compliance-officer');
    if (
      !isOfficers ||
      subject.address.text !== opened.officer ||
      opened.domain !== domain ||
      opened.deed.kind !== 'ask'
    )
      throw new ChanceryError(
        'signature.invalid',
        `entry ${entry} is no request that an officer of ${domain} signed`,
      );
    const { asked } = opened.deed;
    return {
      ...request,
      request: entry,
      officer: opened.officer,
      action: asked.action,
      asked,
      act: suite.sha256(act),
    };
  }

  /** The holds in force, oldest first. */
  async holds(): Promise<readonly HoldInForce[]> {
    return (await this.#options.requests().ask('officer-holds', {})).holds;
  }

  /** The schedules and oversight in force, and what waits for two officers: texts of JSON. */
  async policy(): Promise<{ readonly inForce: string; readonly waiting: string | null }> {
    const { inForce, waiting } = await this.#options.requests().ask('officer-policy', {});
    return { inForce, waiting };
  }

  async #act(deed: Deed): Promise<Acted> {
    const { signer, provenance, address, clock, randomBytes, requests } = this.#options;
    const act = await signAct(
      {
        ...{ domain: provenance.domain, officer: address, device: peerIdOf(signer.publicKey) },
        ...{ time: clock(), nonce: randomBytes(ACT_NONCE_BYTES), deed },
      },
      signer,
    );
    const { entry, expires } = await requests().ask('officer-act', { act });
    return { entry, expires };
  }
}
