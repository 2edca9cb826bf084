/**
 * The one way into the archive, the same for both directions: cheap checks before expensive ones, then the policy,
 * then the append. Guarantees: what it reports as archived is durable; a message is archived once, however often it
 * comes; between the checks of a message and its append nothing else happens.
 */
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { advance, follow, refuseRevision, targetOf } from '../../protocol/conversation/index.ts';
import {
  decodeMessage,
  envelopeId,
  verifyMessage,
  type DecodedMessage,
} from '../../protocol/message/index.ts';
import { ChanceryError, accept, refuse, type Refusal, type Result } from '../../protocol/errors/index.ts';
import type { KnownSigner, Ledger, Messages, Signers } from '../ledger/index.ts';
import type { AdmittedMessage } from '../ledger/index.ts';
import type { Claim, IncomingFiles } from '../attachments/index.ts';
import type { Decide, Ruling } from './policy.ts';
import {
  refuseForeign,
  refuseStranger,
  refuseUntimely,
  type OwnRules,
  type PartnerRules,
} from './signer-rules.ts';

/** Where messages come from: a device of a member, or a partner with their positions in its log. */
export type Source = (
  | (OwnRules & {
      readonly direction: 'outbound';
      /** The certificate the device showed for this session: not yet in the archive before its first message. */
      readonly session: KnownSigner | undefined;
      /** Why a message, by its id, is sent although its sender was warned. */
      readonly confirmed?: (id: Uint8Array) => string | null;
    })
  | (PartnerRules & {
      readonly direction: 'inbound';
      /** The signer shown on this stream under this hash of its certificate, or why its chain is refused. */
      readonly shown: (device: Uint8Array) => Result<KnownSigner> | undefined;
      /** The partner's, that covered the bundle; null where it did not come in one. */
      readonly checkpoint: string | null;
    })
) & {
  /** They were let in before, and are had back: the policy of now does not decide about them. */
  readonly hadBack?: true;
};

export interface Incoming {
  readonly envelope: Uint8Array;
  /** Its position in the partner's log; null from a device. */
  readonly position: number | null;
}

/** What was handed in, as it is found to be. */
interface Coming extends Incoming {
  readonly decoded: Result<DecodedMessage>;
  /** Whether nothing follows it. */
  readonly isLast: boolean;
}

/** What became of a message: archived at a position (now or before), or refused. */
export type Outcome =
  | {
      readonly state: 'archived';
      readonly id: Uint8Array;
      readonly sequence: number;
      readonly time: number;
      /** Whether it is kept back until somebody looked at it. */
      readonly held: boolean;
    }
  | { readonly state: 'refused'; readonly id: Uint8Array | null; readonly refusal: Refusal };

/** A message that may be archived, and how. */
interface Admitted {
  readonly admitted: AdmittedMessage;
  readonly signer: KnownSigner;
  readonly ruling: Ruling;
}

export interface IntakeOptions {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly messages: Messages;
  readonly signers: Signers;
  readonly decide: Decide;
  /** Finds out what takes time, such as what is in the files of messages, before they are decided about. */
  readonly prepare?: (messages: readonly DecodedMessage[], source: string) => Promise<void>;
  /** They were decided about: what was found out for that is needed no more. */
  readonly settled?: (messages: readonly DecodedMessage[]) => void;
  /** Where the file of a message waits for it. */
  readonly incoming: Pick<IncomingFiles, 'claim'>;
  readonly suite: CryptoSuite;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export class Intake {
  readonly #options: IntakeOptions;
  /** Who is at it, by source. */
  readonly #turns = new Map<string, Promise<undefined>>();

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Checks and archives messages in their order; resolves when all that it reports archived is durable. */
  async take(incoming: readonly Incoming[], source: Source): Promise<Outcome[]> {
    const { suite } = this.#options;
    const coming = incoming.map((one, index): Coming => {
      const decoded = decodeMessage(one.envelope, suite);
      return { ...one, decoded, isLast: index === incoming.length - 1 };
    });
    const from = fileSourceOf(source);
    // an object: what its promises bring is waited for outside of the turn
    const begun = this.#inTurn(from, async () => {
      const taken: Promise<Outcome[]>[] = [];
      for (const run of runsOf(coming)) {
        const outcomes = Promise.all(await this.#takeRun(run, source, from));
        outcomes.catch(() => undefined); // told below, once the rest is begun
        taken.push(outcomes);
      }
      return { taken };
    });
    return (await Promise.all((await begun).taken)).flat();
  }

  /** Messages that are decided about at once, as soon as what takes time is found out about them: so it need not be kept. */
  async #takeRun(run: readonly Coming[], source: Source, from: string): Promise<Promise<Outcome>[]> {
    const { suite, prepare, settled } = this.#options;
    const messages = run.flatMap(({ decoded }) => (decoded.ok ? [decoded.value] : []));
    await prepare?.(messages, from);
    try {
      return run.map(({ envelope, decoded, position, isLast }) => {
        if (decoded.ok) return this.#takeOne(decoded.value, position, source, isLast);
        const id = envelopeId(envelope, suite.sha256);
        return Promise.resolve<Outcome>({ state: 'refused', id, refusal: decoded.refusal });
      });
    } finally {
      settled?.(messages);
    }
  }

  /** What one source hands in is decided about in its order, however long it takes to find out what is in a file. */
  async #inTurn<T>(source: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(source);
    const done = before === undefined ? work() : before.then(work);
    const over = done.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(source, over);
    try {
      return await done;
    } finally {
      if (this.#turns.get(source) === over) this.#turns.delete(source);
    }
  }

  /** Synchronous up to the append, so messages of one call see each other's effects in order. */
  async #takeOne(
    message: DecodedMessage,
    position: number | null,
    source: Source,
    last: boolean,
  ): Promise<Outcome> {
    const { messages } = this.#options;
    const { id } = message;
    try {
      const known = messages.position(id);
      if (known !== undefined) return await this.#archivedBefore(id, known);
      const admitted = this.#admit(message, position, source, last);
      if (!admitted.ok) return { state: 'refused', id, refusal: admitted.refusal };
      const claim = this.#claim(message, source);
      if (claim?.ok === false) return { state: 'refused', id, refusal: claim.refusal };
      return await this.#archive(admitted.value, claim?.value);
    } catch (error) {
      if (error instanceof ChanceryError) return { state: 'refused', id, refusal: error };
      throw error;
    }
  }

  #admit(message: DecodedMessage, position: number | null, source: Source, last: boolean): Result<Admitted> {
    const { suite, messages, clock, decide } = this.#options;
    const signer = this.#signer(message, source);
    if (!signer.ok) return signer;
    const before = messages.conversation(message.conversationId);
    const after = (source.direction === 'inbound' ? follow : advance)(before, message, suite.sha256);
    if (!after.ok) return after;
    const target = targetOf(message);
    const about = target === undefined ? undefined : refuseRevision(message, messages.target(target));
    if (about !== undefined) return about;
    const verified = verifyMessage(message, signer.value, clock(), suite);
    if (!verified.ok) return verified;
    const { direction } = source;
    const decision = decide({
      ...{ direction, message: verified.value, signer: signer.value, before, after: after.value },
      confirmed: (source.direction === 'outbound' ? source.confirmed?.(message.id) : undefined) ?? null,
      hadBack: source.hadBack === true,
    });
    if (!decision.ok) return decision;
    const via =
      source.direction === 'outbound'
        ? null
        : { domain: source.domain, position: position ?? 0, checkpoint: last ? source.checkpoint : null };
    return accept({
      admitted: { message: verified.value, before, after: after.value, via },
      signer: signer.value,
      ruling: decision.value,
    });
  }

  /** The device that the message names: known, of the right person and organisation, valid when it signed, not revoked. */
  #signer(message: DecodedMessage, source: Source): Result<KnownSigner> {
    const shown =
      source.direction === 'inbound'
        ? source.shown(message.device)
        : sessionOf(source.session, message.device);
    if (shown?.ok === false) return shown;
    const signer = shown?.value ?? this.#options.signers.find(message.device);
    if (signer === undefined) {
      return refuse(
        'certificate.not-yet-known',
        'the certificate of the signing device was not shown; send it along',
      );
    }
    const refusal =
      source.direction === 'outbound'
        ? refuseForeign(signer, source, message)
        : refuseStranger(signer, source, message);
    return refusal ?? refuseUntimely(signer, message) ?? accept(signer);
  }

  /** The file of a message that brings one along, put in its place: it is on disk before the message can be. */
  #claim({ content }: DecodedMessage, source: Source): Result<Claim> | undefined {
    if (content.kind !== 'attachment') return undefined;
    const claim = this.#options.incoming.claim(fileSourceOf(source), content.file);
    if (claim !== undefined) return accept(claim);
    const name = JSON.stringify(content.file.name);
    return refuse('attachment.missing', `the file ${name} is not here whole; send it before its message`);
  }

  async #archive({ admitted, signer, ruling }: Admitted, claim?: Claim): Promise<Outcome> {
    const { ledger, messages, signers } = this.#options;
    const { held } = ruling;
    const file = claim === undefined ? {} : { file: claim.key };
    const shown = signers.has(signer) ? [] : [signers.factOf(signer)];
    const facts = [...ruling.facts, ...shown, messages.factOf(admitted, { ...file, held })];
    const { first, time } = await ledger.append(facts).catch((error: unknown) => {
      claim?.giveBack();
      throw error;
    });
    claim?.done();
    const sequence = first + facts.length - 1;
    return { state: 'archived', id: admitted.message.id, sequence, time, held };
  }

  /** A message that came again: acknowledged only once the first coming is durable. */
  async #archivedBefore(id: Uint8Array, sequence: number): Promise<Outcome> {
    const { messages, ledger } = this.#options;
    const { log } = ledger;
    if (sequence >= log.size) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const stop = log.onCommit((size) => {
        if (size > sequence) resolve(undefined);
      });
      const giveUp = setTimeout(() => resolve(undefined), DURABLE_WITHIN_MS);
      await promise;
      clearTimeout(giveUp);
      stop();
    }
    const entry = log.entry(sequence);
    return entry === undefined
      ? {
          state: 'refused',
          id,
          refusal: refuse('archive.failed', 'the archive could not write; try again').refusal,
        }
      : { state: 'archived', id, sequence, time: entry.time, held: messages.isHeld(id) };
  }
}

/** The same in its order, with each file at the beginning of a run: one file is looked into at a time. */
function runsOf(coming: readonly Coming[]): Coming[][] {
  const runs: Coming[][] = [];
  for (const one of coming) {
    const bringsFile = one.decoded.ok && one.decoded.value.content.kind === 'attachment';
    const run = runs.at(-1);
    if (run === undefined || bringsFile) runs.push([one]);
    else run.push(one);
  }
  return runs;
}

/** In whose name the file of a message is handed in: a device by its key, a partner by its domain. */
export function fileSourceOf(source: Pick<OwnRules, 'publicKey'> | Pick<PartnerRules, 'domain'>): string {
  return 'domain' in source ? source.domain : Buffer.from(source.publicKey).toString('hex');
}

/** Milliseconds to wait for a batch under way before saying that it failed. */
const DURABLE_WITHIN_MS = 30_000;

function sessionOf(session: KnownSigner | undefined, device: Uint8Array): Result<KnownSigner> | undefined {
  return session !== undefined && Buffer.compare(session.hash, device) === 0 ? accept(session) : undefined;
}
