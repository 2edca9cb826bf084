/**
 * Two organisations that compare their logs, with nothing between them but a channel of frames: a test says what each
 * of them archived, when, and what a hostile one answers instead of what its log holds.
 */
import type { TestContext } from 'node:test';
import { pino, type Logger } from 'pino';
import { ArchiveLog } from '../../node/archive/index.ts';
import { sodiumSigner, sodiumSuite } from '../../node/crypto/index.ts';
import {
  CheckpointEvidence,
  Cosignatures,
  Exchanges,
  Losses,
  Messages,
  Partners,
  ReceiptEvidence,
  ledgerOn,
  type Ledger,
} from '../../node/ledger/index.ts';
import { fact, headed } from '../../node/ledger/fact.ts';
import { recordOf } from '../../node/ledger/records.ts';
import type { Peer } from '../../node/network/index.ts';
import { Reconciler, ReconcileServer, type Outcome } from '../../node/reconcile/index.ts';
import { PartnerLogs } from '../../node/witness/index.ts';
import { logOrigin } from '../../protocol/checkpoint/index.ts';
import { encodeConversation } from '../../protocol/conversation/index.ts';
import { decodeCbor, encodeCbor } from '../../protocol/encoding/index.ts';
import { accept, valueOf } from '../../protocol/errors/index.ts';
import { signReceipt } from '../../protocol/statement/index.ts';
import {
  MAX_FRAME_BYTES,
  reconcileAnswerShape,
  type FrameChannel,
  type ReconcileAnswer,
} from '../../protocol/wire/index.ts';
import { START, archiveOptions, testSealing } from './archive.ts';
import { channelPair } from './channel-pair.ts';
import { FaultyDisk } from './faulty-store.ts';

const CONVERSATION: Uint8Array = new Uint8Array(32).fill(5);

/** What a hostile side answers, given what its log would have it answer. */
export type Answering = (answer: ReconcileAnswer) => ReconcileAnswer;

export interface Sent {
  readonly id: Uint8Array;
  /** In the sender's log, and in the receiver's; null where that does not hold it. */
  readonly from: number;
  readonly to: number | null;
}

/** One organisation. */
export class Side {
  readonly domain: string;
  readonly signer: ReturnType<typeof sodiumSigner>;
  readonly disk: FaultyDisk;
  readonly ledger: Ledger;
  readonly messages: Messages;
  readonly exchanges: Exchanges;
  readonly evidence: ReceiptEvidence;
  readonly checkpointEvidence: CheckpointEvidence;
  readonly cosignatures: Cosignatures;
  readonly partnerLogs: PartnerLogs;
  readonly alarms: unknown[] = [];
  readonly #now: { time: number };

  private constructor(domain: string, ledger: Ledger, disk: FaultyDisk, now: { time: number }) {
    this.domain = domain;
    this.disk = disk;
    this.signer = sodiumSigner(sodiumSuite.sha256(new TextEncoder().encode(domain)));
    this.ledger = ledger;
    this.#now = now;
    this.messages = new Messages(ledger);
    this.exchanges = new Exchanges(ledger);
    this.evidence = new ReceiptEvidence(ledger);
    this.checkpointEvidence = new CheckpointEvidence(ledger);
    this.cosignatures = new Cosignatures(ledger);
    const partners = new Partners(ledger, sodiumSuite.sha256);
    const { cosignatures, checkpointEvidence: evidence, log } = this;
    this.partnerLogs = new PartnerLogs({ cosignatures, evidence, partners, log });
  }

  static async open(t: TestContext, domain: string): Promise<Side> {
    const disk = new FaultyDisk();
    const now = { time: START };
    const log = await ArchiveLog.open(
      archiveOptions('', { origin: logOrigin(domain), openStore: disk.open, clock: () => now.time }),
    );
    t.after(() => log.close());
    return new Side(domain, ledgerOn(log, domain, sodiumSuite.sha256, testSealing().views), disk, now);
  }

  get log(): Logger {
    const write = (line: string): void => {
      const { alarm, code } = JSON.parse(line) as { alarm?: boolean; code?: string };
      if (alarm === true) this.alarms.push(code);
    };
    return pino({ level: 'info' }, { write });
  }

  checkpoint(): Promise<string> {
    return this.ledger.log.checkpoint(this.signer);
  }

  /** Archives a message at a time, as its own or as it came from somebody. */
  async archive(
    { id, sender, time }: { id: Uint8Array; sender: string; time: number },
    others: readonly string[],
    via: { domain: string; position: number; checkpoint: string | null } | null = null,
    envelope: Uint8Array = id,
  ): Promise<number> {
    this.#now.time = time;
    const members = [sender, ...others];
    const conversation = { id: CONVERSATION, type: 'group', title: '', owner: sender, members } as const;
    const header = {
      id,
      conversation: CONVERSATION,
      sender,
      device: new Uint8Array(32),
      kind: 'text',
      origin: time,
      from: via?.domain ?? null,
      position: via?.position ?? null,
      conversationAfter: encodeConversation({ ...conversation, revision: 0, origin: CONVERSATION }),
    };
    return (await this.ledger.append([headed('message', { envelope, via }, header)])).first;
  }

  /** Fills a place in the log with something that is no message. */
  async fill(): Promise<void> {
    await this.ledger.append([fact('administration', { actor: 'operator', action: 'test', detail: '' })]);
  }

  /** Archives the receipt that the other side gives for a message. */
  async acknowledge({ id, from, to }: Sent, by: Side, refused?: string, checkpoint?: string): Promise<void> {
    const receipt = {
      from: by.domain,
      to: this.domain,
      time: START,
      archived: to === null || refused !== undefined ? [] : [[id, to] as const],
      refused: refused === undefined ? [] : [[id, refused, 'refused'] as const],
      checkpoint: checkpoint ?? (await by.checkpoint()),
    };
    const sent = { row: from, sequence: from, id, device: new Uint8Array(32), sender: this.person };
    await this.messages.acknowledge(receipt, await signReceipt(receipt, by.signer), [sent]);
  }

  get person(): string {
    return `someone@${this.domain}`;
  }

  /** What was recorded of comparisons, in the order of the log. */
  acts(): { action: string; actor: string; detail: Record<string, unknown> }[] {
    const acts = [];
    for (let sequence = 0; sequence < this.ledger.log.size; sequence += 1) {
      if (this.ledger.log.entry(sequence)?.kind !== 'administration') continue;
      const { action, actor, detail } = recordOf('administration', this.ledger.log.content(sequence)!);
      if (action.startsWith('archive.reconcile'))
        acts.push({ action, actor, detail: JSON.parse(detail) as Record<string, unknown> });
    }
    return acts;
  }
}

let next = 0;

/** A new message's id. */
export function newId(): Uint8Array {
  next += 1;
  return sodiumSuite.sha256(new TextEncoder().encode(`message ${next}`));
}

/** How a message went: `delay` milliseconds after it was sent; not archived there, or not acknowledged, or refused. */
export interface Course {
  readonly delay?: number;
  /** When it is sent, in milliseconds; receipt times never decrease along a log. */
  readonly at?: number;
  readonly arrives?: boolean;
  readonly acknowledged?: boolean;
  readonly refused?: string;
  /** What the receiver archives instead. */
  readonly envelope?: Uint8Array;
}

/** A message of one side that goes to the other, as it went. */
export async function send(from: Side, to: Side, course: Course = {}): Promise<Sent> {
  const { delay = 1_000, at = START, arrives = true, acknowledged = true, refused, envelope } = course;
  const message = { id: newId(), sender: from.person, time: at };
  const position = await from.archive(message, [to.person]);
  const via = { domain: from.domain, position, checkpoint: await from.checkpoint() };
  const there =
    arrives && refused === undefined
      ? await to.archive({ ...message, time: at + delay }, [to.person], via, envelope)
      : null;
  const sent = { id: message.id, from: position, to: there };
  if (acknowledged && (arrives || refused !== undefined)) await from.acknowledge(sent, to, refused);
  return sent;
}

interface Comparison {
  readonly answering?: Answering;
  readonly late?: number;
  readonly since?: number;
  readonly until?: number;
  /** Who signs for the partner, if not its own key. */
  readonly publicKey?: Uint8Array;
}

/** What compares the log of one side with that of the other. */
export function reconcilerOf(own: Side, other: Side, comparison: Comparison = {}): Reconciler {
  const { ledger, messages, exchanges, evidence, partnerLogs, domain, signer, log } = own;
  const { answering, publicKey = other.signer.publicKey } = comparison;
  return new Reconciler({
    domain,
    ledger,
    messages,
    exchanges,
    losses: new Losses(ledger),
    evidence,
    partnerLogs,
    partners: { agreement: () => ({}) } as unknown as Partners,
    publicKey: signer.publicKey,
    suite: sodiumSuite,
    clock: () => START,
    log,
    open: () => {
      const [here, there] = channelPair();
      void serverOf(other)
        .serve(there, peerOf(own.domain, own.signer.publicKey))
        .catch(() => undefined);
      const channel = answering === undefined ? here : tampered(here, answering);
      return Promise.resolve({ channel, peer: peerOf(other.domain, publicKey) });
    },
  });
}

/** What shows the log of one side. */
export function serverOf(side: Side, onAsked: (partner: string) => void = () => undefined): ReconcileServer {
  const { ledger, exchanges, log } = side;
  return new ReconcileServer({
    ledger,
    exchanges,
    trust: { partner: () => accept({ rootId: '', roster: null }) },
    checkpoint: () => side.checkpoint(),
    onAsked,
    clock: () => START,
    log,
  });
}

/** Compares the whole, as an operator does. */
export async function reconcile(own: Side, other: Side, comparison: Comparison = {}): Promise<Outcome> {
  const { late = 300_000, since = null, until = null } = comparison;
  const reconciler = reconcilerOf(own, other, comparison);
  const range = { since, until };
  const id = await reconciler.begin({ partner: other.domain, range, lateMs: late, actor: 'operator' });
  for (;;) {
    const { outcome } = await reconciler.step(id);
    if (outcome !== null) return outcome;
  }
}

/** Each finding in a line: state, and places here and there. */
export function told({ findings }: Outcome): string[] {
  return findings.map(
    ({ state, here, there }) => `${state} ${here?.sequence ?? '-'} ${there?.sequence ?? '-'}`,
  );
}

/** A node of an organisation, as far as a comparison looks at it. */
export function peerOf(domain: string, publicKey: Uint8Array): Peer {
  const bundle = { statement: Uint8Array.of(1), chain: [1, 2, 3].map((byte) => Uint8Array.of(byte)) };
  return {
    id: domain,
    own: false,
    bundle: new Uint8Array(),
    identity: { domain, statement: { publicKey }, bundle },
  } as unknown as Peer;
}

function tampered(channel: FrameChannel, answering: Answering): FrameChannel {
  return {
    write: (frame) => channel.write(frame),
    close: () => channel.close(),
    abort: (reason) => channel.abort(reason),
    async read() {
      const frame = await channel.read();
      if (frame === null) return null;
      return encodeCbor(
        answering(valueOf(decodeCbor(frame, MAX_FRAME_BYTES, reconcileAnswerShape, 'answer'))),
      );
    },
  };
}
