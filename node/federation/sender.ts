/**
 * One partner's queue: everything in its outbox goes to it, in order, over one long-lived stream, until it has
 * acknowledged it with a signed receipt that is archived here. Guarantees: nothing leaves the outbox without a
 * receipt; a partner that is down, slow or hostile holds up nobody but itself; it is retried for ever.
 */
import { equals } from 'uint8arrays/equals';
import type { Logger } from 'pino';
import { logOrigin, openCheckpoint } from '../../protocol/checkpoint/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { encodeCbor } from '../../protocol/encoding/index.ts';
import { decodeProvenMessage, type FileInfo } from '../../protocol/message/index.ts';
import { openReceipt } from '../../protocol/statement/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import {
  FEDERATION_WINDOW_BYTES,
  FEDERATION_WINDOW_MESSAGES,
  MAX_BUNDLE_BYTES,
  MAX_BUNDLE_MESSAGES,
  MAX_FILES_WAITING,
  writeFrame,
  type FrameChannel,
} from '../../protocol/wire/index.ts';
import { byteName } from '../archive/index.ts';
import type { FileKey, SealedFiles } from '../attachments/index.ts';
import type { KnownSigner, Ledger, Messages, Outgoing, Sent, Signers } from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';
import { logOf, type PartnerLogs } from '../witness/index.ts';
import type { Backoff } from './backoff.ts';
import { greet, type Greeting } from './greeting.ts';
import { assertComplete, assertCovered, decodeAnswer } from './receipt-check.ts';
import { sendFile } from './send-file.ts';
import { Signal } from './signal.ts';

/** Milliseconds a partner may take for a receipt before the stream is given up and begun anew. */
const RECEIPT_WITHIN_MS = 60_000;

/** Milliseconds after which a stream that ends was a good one: the next is begun at once. */
const STABLE_MS = 1_000;

/** Files that were sent and whose messages are not yet answered for: those of an earlier stream may wait there as well. */
const MAX_FILES_UNDER_WAY = MAX_FILES_WAITING / 2;

/** Receipts being written to the log at a time. */
const MAX_RECEIPTS_RECORDING = 64;

export interface SenderOptions extends Greeting {
  readonly domain: string;
  readonly partner: string;
  readonly ledger: Ledger;
  readonly messages: Messages;
  readonly signers: Signers;
  readonly files: SealedFiles;
  readonly suite: CryptoSuite;
  /** A federation stream to one of the partner's nodes. */
  readonly open: () => Promise<{ channel: FrameChannel; peer: Peer }>;
  /** The signed checkpoint of our log as it is. */
  readonly checkpoint: () => Promise<string>;
  /** What is known of the partner's log: the checkpoint of each receipt is held against it. */
  readonly partnerLogs: PartnerLogs;
  readonly roster: () => Uint8Array;
  /** The chain under which a device of ours stands now. */
  readonly chainOf: (signer: KnownSigner) => readonly Uint8Array[];
  readonly backoff: Backoff;
  readonly clock: () => number;
  readonly log: Logger;
}

/** What the operator sees of a partner. */
export interface SenderState {
  connected: boolean;
  /** Milliseconds; null before the first contact since the start. */
  lastContact: number | null;
  lastError: { code: string; message: string } | null;
  mutual: boolean;
}

/** What is to be sent of a row. */
interface Found {
  readonly envelope: Uint8Array;
  readonly sender: string;
  readonly file: { readonly info: FileInfo; readonly key: FileKey } | undefined;
}

interface Bundle {
  readonly number: number;
  readonly messages: readonly Sent[];
  readonly bytes: number;
  /** Whether its first message brings a file along. */
  readonly bringsFile: boolean;
}

export class Sender {
  readonly state: SenderState = { connected: false, lastContact: null, lastError: null, mutual: false };
  readonly #options: SenderOptions;
  readonly #wake = new Signal();
  #stopped = false;
  #channel: FrameChannel | undefined;
  #running: Promise<void> | undefined;
  #rosterSent: Uint8Array | undefined;
  /** The first message of this stream that the archive could not give: it stays in the outbox. */
  #held = Infinity;
  /** Ends what goes on beside the stream with it. */
  #over = new AbortController();

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** There may be something to send, or the partner may be back: looks at once. */
  poke(returned = false): void {
    if (returned) this.#options.backoff.skip();
    this.#wake.fire();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#options.backoff.skip();
    this.#wake.fire();
    this.#over.abort();
    this.#channel?.abort(new ChanceryError('archive.closed', 'the node stops'));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { backoff, log, partner } = this.#options;
    while (!this.#stopped) {
      try {
        await this.#session();
      } catch (error) {
        const { code, message } =
          error instanceof ChanceryError ? error : { code: 'internal', message: String(error) };
        if (!this.#isStopped()) log.info({ partner, code }, `partner not reached: ${message}`);
        this.state.lastError = { code, message };
      }
      this.state.connected = false;
      if (!this.#isStopped()) await backoff.wait();
    }
  }

  /** A method, since a stop can come while another is awaited. */
  #isStopped(): boolean {
    return this.#stopped;
  }

  async #session(): Promise<void> {
    const { open, clock } = this.#options;
    const { channel, peer } = await open();
    this.#channel = channel;
    try {
      if (this.#isStopped()) return; // while the stream was opened: nobody else would end it
      await greet(channel, peer, this.#options);
      Object.assign(this.state, { connected: true, mutual: true, lastContact: clock(), lastError: null });
      const began = clock();
      try {
        await this.#exchange(channel, peer);
      } finally {
        // one that breaks at once, again and again, is not to be begun as often as it breaks
        if (clock() - began > STABLE_MS) this.#options.backoff.reset();
      }
    } finally {
      this.#channel = undefined;
      channel.abort(new ChanceryError('node.unreachable', 'the stream to the partner ended'));
    }
  }

  async #exchange(channel: FrameChannel, peer: Peer): Promise<void> {
    const flight: Bundle[] = [];
    let ended = false;
    const over = new AbortController();
    this.#over = over;
    const receiving = this.#receive(channel, peer, flight).finally(() => {
      ended = true;
      over.abort();
      this.#wake.fire();
    });
    const sending = this.#send(channel, flight, () => ended || this.#stopped);
    const failed = (error: unknown): never => {
      channel.abort(error as Error);
      throw error;
    };
    await Promise.all([receiving.catch(failed), sending.catch(failed)]);
  }

  async #send(channel: FrameChannel, flight: Bundle[], ended: () => boolean): Promise<void> {
    const { messages, partner } = this.#options;
    const shown = new Set<string>();
    this.#held = Infinity;
    this.#rosterSent = undefined; // what went down a stream that broke may not have arrived
    let next = 0;
    for (let number = 0; !ended();) {
      await this.#sendRoster(channel);
      const waiting = this.#wake.wait();
      // rows for several bundles at a time: a busy node gets to this loop seldom
      const room = roomIn(flight);
      const rows = room > 0 ? await messages.outbox(partner, next, room) : [];
      let isWaiting = rows.length === 0;
      for (let at = 0; at < rows.length && roomIn(flight) > 0;) {
        const { frame, bundle, taken } = await this.#bundle(rows.slice(at, at + MAX_BUNDLE_MESSAGES), {
          number,
          shown,
          noFile: filesIn(flight) >= MAX_FILES_UNDER_WAY,
        });
        isWaiting = taken === 0;
        if (isWaiting) break;
        at += taken;
        next = (rows[at - 1]?.row ?? 0) + 1;
        if (bundle.messages.length === 0) continue;
        flight.push(bundle);
        number += 1;
        await channel.write(frame);
      }
      if (isWaiting) await waiting;
    }
  }

  /** @param noFile whether a message with a file has to wait; then none may be taken */
  async #bundle(
    rows: readonly Outgoing[],
    {
      number,
      shown,
      noFile,
    }: { readonly number: number; readonly shown: Set<string>; readonly noFile: boolean },
  ): Promise<{ frame: Uint8Array; bundle: Bundle; taken: number }> {
    const { signers, checkpoint, chainOf } = this.#options;
    const chains: (readonly Uint8Array[])[] = [];
    const carried: [number, Uint8Array][] = [];
    const sent: Sent[] = [];
    let bringsFile = false;
    let bytes = 0;
    let taken = 0;
    for (const row of rows) {
      const found = this.#messageOf(row);
      if (found !== undefined && bytes + found.envelope.length > MAX_BUNDLE_BYTES) break;
      // a file goes before its message, and what follows it waits: a partner has everything in the order of our log
      if (found?.file !== undefined && (taken > 0 || noFile)) break;
      taken += 1;
      if (found === undefined || !(await this.#sendFile(row, found))) continue;
      const { envelope, sender } = found;
      bytes += envelope.length;
      const name = byteName(row.device);
      const signer = shown.has(name) ? undefined : signers.find(row.device);
      if (signer !== undefined) {
        shown.add(name);
        chains.push(chainOf(signer));
      }
      carried.push([row.sequence, envelope]);
      bringsFile ||= found.file !== undefined;
      sent.push({ ...row, sender });
    }
    const frame = encodeCbor({
      type: 'bundle',
      number,
      chains,
      messages: carried,
      checkpoint: await checkpoint(),
    });
    return { frame, bundle: { number, messages: sent, bytes, bringsFile }, taken };
  }

  /** What waits under a row. One that is damaged holds up none of the others, and is tried again on the next stream. */
  #messageOf({ row, sequence, id }: Outgoing): Found | undefined {
    const { messages, suite } = this.#options;
    try {
      const isMeant: IsMeant = (header) => header.from === null && equals(header.id, id);
      const { header, record } = messages.rowOf(sequence, isMeant);
      const { envelope, file: key } = record;
      const content = key === undefined ? undefined : decodeProvenMessage(envelope, suite).content;
      const file =
        key !== undefined && content?.kind === 'attachment' ? { info: content.file, key } : undefined;
      return { envelope, sender: header.sender, file };
    } catch (error) {
      this.#hold(row, error);
      return undefined;
    }
  }

  /** Whether the message can follow: the partner has its file, or will refuse the message as it refused the file. */
  async #sendFile({ row }: Outgoing, { file }: Found): Promise<boolean> {
    if (file === undefined) return true;
    const { files } = this.#options;
    const { info, key } = file;
    const chunk = (index: number): Promise<Uint8Array> => files.chunk(info, key, index);
    const { signal } = this.#over;
    try {
      const sent = await sendFile({ ...this.#options, file: info, chunk, signal });
      if (sent.ok || isAboutFile(sent.refusal.code)) return true;
      throw new ChanceryError('node.unreachable', `the partner takes no files now: ${sent.refusal.message}`);
    } catch (error) {
      this.#hold(row, error);
      return false;
    }
  }

  /** Leaves a message that cannot be read in the outbox; throws whatever else went wrong. */
  #hold(row: number, error: unknown): void {
    const { partner, log } = this.#options;
    if (!(error instanceof ChanceryError) || !UNSENDABLE.has(error.code)) throw error;
    this.#held = Math.min(this.#held, row);
    this.state.lastError = { code: error.code, message: error.message };
    log.error({ err: error, partner, row, alarm: true }, 'a message to a partner cannot be read; it waits');
  }

  async #sendRoster(channel: FrameChannel): Promise<void> {
    const roster = this.#options.roster();
    if (roster === this.#rosterSent) return;
    this.#rosterSent = roster;
    await writeFrame(channel, { type: 'roster', roster });
  }

  async #receive(channel: FrameChannel, peer: Peer, flight: Bundle[]): Promise<void> {
    const { domain, partner, suite, messages, partnerLogs, clock } = this.#options;
    const theirs = logOf(peer);
    if (theirs === undefined)
      throw new ChanceryError('certificate.wrong-kind', `${partner} showed no statement key`);
    const recording: Promise<unknown>[] = [];
    for (;;) {
      const timer = setTimeout(() => {
        if (flight.length > 0)
          channel.abort(new ChanceryError('node.unreachable', `${partner} gave no receipt in time`));
      }, RECEIPT_WITHIN_MS);
      const frame = await channel.read().finally(() => clearTimeout(timer));
      if (frame === null) break;
      const answer = decodeAnswer(frame);
      const bundle = flight[0];
      if (bundle?.number !== answer.number) {
        throw new ChanceryError('encoding.malformed', `${partner} sent a receipt for no bundle under way`);
      }
      const receipt = openReceipt(answer.receipt, { from: partner, to: domain }, theirs.publicKey, suite);
      if (!receipt.ok) throw ChanceryError.from(receipt.refusal);
      assertComplete(receipt.value, bundle.messages, partner);
      const { archived, checkpoint: note } = receipt.value;
      const checkpoint = valueOf(openCheckpoint(note, logOrigin(partner), theirs.publicKey, suite));
      assertCovered(archived, checkpoint.size, partner);
      if (partnerLogs.isDeposed(theirs, checkpoint))
        throw new ChanceryError(
          'archive.deposed',
          `${partner} has another primary by now than the one that answers`,
        );
      // the window opens at once: what is to be sent next need not wait until the receipt is on this disk
      const recorded = Promise.all([
        messages.acknowledge(receipt.value, answer.receipt, bundle.messages, this.#held),
        partnerLogs.compare(theirs, checkpoint),
      ]);
      recorded.catch((error: unknown) => channel.abort(error as Error));
      recording.push(recorded);
      if (recording.length > MAX_RECEIPTS_RECORDING) await recording.shift();
      flight.shift();
      this.#options.backoff.reset();
      this.state.lastContact = clock();
      this.#wake.fire();
    }
    await Promise.all(recording);
  }
}

type IsMeant = Parameters<Messages['headerAt']>[1];

/** Why a message cannot be read: it is damaged, or its delivery window closed while there was no agreement. */
const UNSENDABLE: ReadonlySet<string> = new Set(['archive.damaged', 'archive.sealed', 'archive.disposed']);

/** Whether a partner refused a file for what it is, or knows of no files: then it says the same of its message. */
function isAboutFile(code: string): boolean {
  return code.startsWith('attachment.') || code.startsWith('encoding.');
}

function filesIn(flight: readonly Bundle[]): number {
  return flight.filter(({ bringsFile }) => bringsFile).length;
}

/** How many more messages may be under way: none while the bytes under way leave no room for a whole bundle. */
function roomIn(flight: readonly Bundle[]): number {
  const bytes = flight.reduce((sum, bundle) => sum + bundle.bytes, 0);
  if (bytes + MAX_BUNDLE_BYTES > FEDERATION_WINDOW_BYTES) return 0;
  return FEDERATION_WINDOW_MESSAGES - flight.reduce((sum, bundle) => sum + bundle.messages.length, 0);
}
