/**
 * The keys of every view over the log, in one place. One byte says which view; texts end in a zero byte, which no
 * domain, address or serial contains; numbers are big-endian, so that byte order is their order.
 */

const SEQUENCE_BYTES = 8;

/** First bytes of the views' keys. Never reuse or renumber one: they are in every archive. */
const PREFIX = {
  message: 0x10,
  timeline: 0x11,
  feed: 0x12,
  conversation: 0x13,
  membership: 0x14,
  signer: 0x15,
  outbox: 0x16,
  outboxCursor: 0x17,
  member: 0x18,
  device: 0x19,
  memberDevice: 0x1a,
  invitation: 0x1b,
  agreement: 0x1c,
  organisation: 0x1d,
  roster: 0x1e,
  person: 0x20,
  said: 0x21,
  peerDevice: 0x22,
  authority: 0x23,
  history: 0x24,
  proof: 0x25,
  acquaintance: 0x2b,
  news: 0x2c,
  rosterAt: 0x2e,
  evidence: 0x2f,
  cosignature: 0x30,
  checkpointEvidence: 0x31,
  deviceReport: 0x28,
  deviceWipe: 0x29,
  enrolment: 0x2d,
  epoch: 0x38,
  formerMembership: 0x3c,
  loss: 0x40,
  newestLoss: 0x41,
  exchange: 0x3e,
  receiptEvidence: 0x3f,
} as const;

type View = keyof typeof PREFIX;
type Part = string | number | Uint8Array;

const utf8 = new TextEncoder();

/** A view's key from its parts: text (ended by a zero byte), sequence numbers (8 bytes), hashes (as they are). */
function key(view: View, ...parts: readonly Part[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum: number, part) => sum + sizeOf(part), 1));
  bytes[0] = PREFIX[view];
  let at = 1;
  for (const part of parts) {
    if (typeof part === 'string') at += utf8.encodeInto(part, bytes.subarray(at)).written + 1;
    else if (typeof part === 'number') at = writeSequence(bytes, at, part);
    else {
      bytes.set(part, at);
      at += part.length;
    }
  }
  return bytes;
}

function sizeOf(part: Part): number {
  if (typeof part === 'string') return Buffer.byteLength(part) + 1;
  return typeof part === 'number' ? SEQUENCE_BYTES : part.length;
}

/** Writes 8 bytes, big-endian, by halves: a BigInt for each number would cost more than the rest of the key. */
function writeSequence(bytes: Uint8Array, at: number, sequence: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, SEQUENCE_BYTES);
  view.setUint32(0, Math.floor(sequence / 2 ** 32));
  view.setUint32(4, sequence % 2 ** 32);
  return at + SEQUENCE_BYTES;
}

export function encodeSequence(sequence: number): Uint8Array {
  const bytes = new Uint8Array(SEQUENCE_BYTES);
  writeSequence(bytes, 0, sequence);
  return bytes;
}

/** The sequence number that a key ends in, or that a value is. */
export function decodeSequence(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8).getBigUint64(0));
}

export const KEYS = {
  /** Message id to its sequence. */
  message: (id: Uint8Array) => key('message', id),
  /** A conversation's messages by sequence. */
  timeline: (conversation: Uint8Array, sequence: number) => key('timeline', conversation, sequence),
  /** What a member's devices read: messages, and what became of the member's own. */
  feed: (address: string, sequence: number) => key('feed', address, sequence),
  conversation: (id: Uint8Array) => key('conversation', id),
  /** The conversations a member is in. */
  membership: (address: string, conversation: Uint8Array) => key('membership', address, conversation),
  /** Until which entry a member was in a conversation they are no longer in. */
  formerMembership: (address: string, conversation: Uint8Array) =>
    key('formerMembership', address, conversation),
  /** Device hash to its certificate chain. */
  signer: (device: Uint8Array) => key('signer', device),
  /** Messages a partner has yet to acknowledge. */
  outbox: (domain: string, sequence: number) => key('outbox', domain, sequence),
  outboxCursor: (domain: string) => key('outboxCursor', domain),
  /** Messages sent to a partner, with the entry of its receipt once it gave one, and messages it sent us. */
  exchange: (domain: string, sequence: number) => key('exchange', domain, sequence),
  member: (address: string) => key('member', address),
  device: (serial: string) => key('device', serial),
  memberDevice: (address: string, serial: string) => key('memberDevice', address, serial),
  /** A device's peer id to its serial. */
  peerDevice: (peer: string) => key('peerDevice', peer),
  /** A device's peer id to what it last reported, and to when it was wiped. */
  deviceReport: (peer: string) => key('deviceReport', peer),
  deviceWipe: (peer: string) => key('deviceWipe', peer),
  /** SHA-256 of an enrolment code to its invitation. */
  invitation: (codeHash: Uint8Array) => key('invitation', codeHash),
  /** A device’s peer id to its request to be enrolled. */
  enrolment: (peer: string) => key('enrolment', peer),
  agreement: (domain: string) => key('agreement', domain),
  organisation: (domain: string) => key('organisation', domain),
  roster: (domain: string) => key('roster', domain),
  /** Our own standing. */
  authority: () => key('authority'),
  /** Who is the primary of the archive. */
  epoch: () => key('epoch'),
  /** What was recorded of an organisation, by sequence. */
  history: (domain: string, sequence: number) => key('history', domain, sequence),
  /** SHA-256 of a DNSSEC proof to that proof. */
  proof: (hash: Uint8Array) => key('proof', hash),
  /** The entry of each roster that was taken, by its number. */
  rosterAt: (domain: string, number: number) => key('rosterAt', domain, number),
  /** Evidence against a partner, by place: whose signatures it is about, and its entry. */
  evidence: (domain: string, place: number) => key('evidence', domain, place),
  /** The same of checkpoints, each kind by itself. */
  checkpointEvidence: (domain: string, kind: string, place: number) =>
    key('checkpointEvidence', domain, kind, place),
  /** Receipts of a partner that its log contradicts, by place: the message, and the entry. */
  receiptEvidence: (domain: string, place: number) => key('receiptEvidence', domain, place),
  /** The newest checkpoint of one domain's log that another's witness cosigned. */
  cosignature: (log: string, witness: string) => key('cosignature', log, witness),
  /** Entries of ours that were lost for good, by the entry that says so. */
  loss: (sequence: number) => key('loss', sequence),
  /** The entry of the newest loss of a domain's log, ours or a partner's, that was accepted. */
  newestLoss: (log: string) => key('newestLoss', log),
  /** People of partners who wrote to us: address to the device last seen. */
  person: (address: string) => key('person', address),
  /** A person of a partner as last seen, and the conversations with them. */
  known: (domain: string, address: string) => key('acquaintance', 'known', domain, address),
  talks: (domain: string, address: string) => key('acquaintance', 'talks', domain, address),
  /** What an entry changed of somebody's identity. */
  news: (sequence: number) => key('news', sequence),
  /** What a person wrote, by sequence. */
  said: (address: string, sequence: number) => key('said', address, sequence),
} as const;

/** Views of one row a message: written too often, and read too seldom, to be kept decoded. */
const BULK: ReadonlySet<number> = new Set([
  PREFIX.message,
  PREFIX.timeline,
  PREFIX.feed,
  PREFIX.said,
  PREFIX.outbox,
  PREFIX.exchange,
]);

/** Whether a key is of such a view. */
export function isBulk(key: Uint8Array): boolean {
  return BULK.has(key[0] ?? 0);
}

/** The whole of a view, or of one part of it. */
export function within(view: View, ...parts: readonly Part[]): { gte: Uint8Array; lt: Uint8Array } {
  const from = key(view, ...parts);
  return { gte: from, lt: successor(from) };
}

/** The first key after every key that starts with `prefix`. Every prefix starts below 0xff, so there is one. */
function successor(prefix: Uint8Array): Uint8Array {
  let end = prefix.length;
  while (prefix[end - 1] === 0xff) end -= 1;
  const next = prefix.slice(0, end);
  next[end - 1] = (next[end - 1] ?? 0) + 1;
  return next;
}
