/**
 * The keys of every view over the log, in one place. One byte says which view; for texts (addresses, domains, serials, peer
 * ids) stand keyed names of one length, so nobody reads in a key who we are; numbers are big-endian, so that byte order is
 * their order. A range of one text's rows is a range of keys; the order of texts among each other is lost.
 */
import { PREFIX } from './prefixes.ts';

const SEQUENCE_BYTES = 8;

type View = keyof typeof PREFIX;
type Part = string | number | Uint8Array;

/** Stands for a text in a key: 16 bytes that tell nothing of it to who has no key of the archive. */
export type NameOf = (text: string) => Uint8Array;

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

export class ViewKeys {
  readonly #nameOf: NameOf;

  constructor(nameOf: NameOf) {
    this.#nameOf = nameOf;
  }

  /** The whole of a view, or of one part of it. */
  within(view: View, ...parts: readonly Part[]): { gte: Uint8Array; lt: Uint8Array } {
    const from = this.#key(view, ...parts);
    return { gte: from, lt: successor(from) };
  }

  /** How far views that are being made anew have come. */
  remaking(): Uint8Array {
    return this.#key('remaking');
  }

  /** Message id to its sequence. */
  message(id: Uint8Array): Uint8Array {
    return this.#key('message', id);
  }

  /** A conversation's messages by sequence. */
  timeline(conversation: Uint8Array, sequence: number): Uint8Array {
    return this.#key('timeline', conversation, sequence);
  }

  /** What a member's devices read: messages, and what became of the member's own. */
  feed(address: string, sequence: number): Uint8Array {
    return this.#key('feed', address, sequence);
  }

  conversation(id: Uint8Array): Uint8Array {
    return this.#key('conversation', id);
  }

  /** The conversations a member is in. */
  membership(address: string, conversation: Uint8Array): Uint8Array {
    return this.#key('membership', address, conversation);
  }

  /** Until which entry a member was in a conversation they are no longer in. */
  formerMembership(address: string, conversation: Uint8Array): Uint8Array {
    return this.#key('formerMembership', address, conversation);
  }

  /** That a person of a partner came into a conversation, or left it, with an entry. */
  stay(address: string, conversation: Uint8Array, sequence: number): Uint8Array {
    return this.#key('stay', address, conversation, sequence);
  }

  /** Device hash to its certificate chain. */
  signer(device: Uint8Array): Uint8Array {
    return this.#key('signer', device);
  }

  /** Messages a partner has yet to acknowledge. */
  outbox(domain: string, sequence: number): Uint8Array {
    return this.#key('outbox', domain, sequence);
  }

  outboxCursor(domain: string): Uint8Array {
    return this.#key('outboxCursor', domain);
  }

  /** Messages sent to a partner, with the entry of its receipt once it gave one, and messages it sent us. */
  exchange(domain: string, sequence: number): Uint8Array {
    return this.#key('exchange', domain, sequence);
  }

  member(address: string): Uint8Array {
    return this.#key('member', address);
  }

  device(serial: string): Uint8Array {
    return this.#key('device', serial);
  }

  memberDevice(address: string, serial: string): Uint8Array {
    return this.#key('memberDevice', address, serial);
  }

  /** A device's peer id to its serial. */
  peerDevice(peer: string): Uint8Array {
    return this.#key('peerDevice', peer);
  }

  /** A device's peer id to what it last reported, and to when it was wiped. */
  deviceReport(peer: string): Uint8Array {
    return this.#key('deviceReport', peer);
  }

  deviceWipe(peer: string): Uint8Array {
    return this.#key('deviceWipe', peer);
  }

  /** SHA-256 of an enrolment code to its invitation. */
  invitation(codeHash: Uint8Array): Uint8Array {
    return this.#key('invitation', codeHash);
  }

  /** A device’s peer id to its request to be enrolled. */
  enrolment(peer: string): Uint8Array {
    return this.#key('enrolment', peer);
  }

  agreement(domain: string): Uint8Array {
    return this.#key('agreement', domain);
  }

  organisation(domain: string): Uint8Array {
    return this.#key('organisation', domain);
  }

  roster(domain: string): Uint8Array {
    return this.#key('roster', domain);
  }

  /** Our own standing. */
  authority(): Uint8Array {
    return this.#key('authority');
  }

  /** Size and root of a checkpoint of ours that was disowned. */
  disowned(head: Uint8Array): Uint8Array {
    return this.#key('disowned', head);
  }

  /** Edits and the recall of a message, by its id. */
  version(target: Uint8Array, sequence: number): Uint8Array {
    return this.#key('version', target, sequence);
  }

  /** What last edited or recalled a message, by its id. */
  revised(target: Uint8Array): Uint8Array {
    return this.#key('revised', target);
  }

  /** The sealed file of a message, by its entry. */
  file(sequence: number): Uint8Array {
    return this.#key('file', sequence);
  }

  /** The sealed file of a message that was disposed of, until the file is gone as well. */
  goneFile(sequence: number): Uint8Array {
    return this.#key('goneFile', sequence);
  }

  /** Who looked at what was said, by the entry that records it. */
  access(sequence: number): Uint8Array {
    return this.#key('access', sequence);
  }

  /** By the entry that was looked at. */
  accessOf(entry: number, sequence: number): Uint8Array {
    return this.#key('accessOf', entry, sequence);
  }

  /** Who is the primary of the archive. */
  epoch(): Uint8Array {
    return this.#key('epoch');
  }

  /** What was recorded of an organisation, by sequence. */
  history(domain: string, sequence: number): Uint8Array {
    return this.#key('history', domain, sequence);
  }

  /** SHA-256 of a DNSSEC proof to that proof. */
  proof(hash: Uint8Array): Uint8Array {
    return this.#key('proof', hash);
  }

  /** The entry of each roster that was taken, by its number. */
  rosterAt(domain: string, number: number): Uint8Array {
    return this.#key('rosterAt', domain, number);
  }

  /** Evidence against a partner, by place: whose signatures it is about, and its entry. */
  evidence(domain: string, place: number): Uint8Array {
    return this.#key('evidence', domain, place);
  }

  /** The same of checkpoints, each kind by itself. */
  checkpointEvidence(domain: string, kind: string, place: number): Uint8Array {
    return this.#key('checkpointEvidence', domain, kind, place);
  }

  /** Receipts of a partner that its log contradicts, by place: the message, and the entry. */
  receiptEvidence(domain: string, place: number): Uint8Array {
    return this.#key('receiptEvidence', domain, place);
  }

  /** The newest checkpoint of one domain's log that another's witness cosigned. */
  cosignature(log: string, witness: string): Uint8Array {
    return this.#key('cosignature', log, witness);
  }

  dataKey(id: Uint8Array): Uint8Array {
    return this.#key('dataKey', id);
  }

  /** The id of the data key of a conversation in a month. */
  dataKeyOf(conversation: Uint8Array, month: string): Uint8Array {
    return this.#key('dataKeyOf', conversation, month);
  }

  /** A data key as it is wrapped for an officer's device. */
  dataKeyWrap(id: Uint8Array, peer: string): Uint8Array {
    return this.#key('dataKeyWrap', id, peer);
  }

  /** The data keys of a month, and that its window is closed. */
  windowKey(month: string, id: Uint8Array): Uint8Array {
    return this.#key('window', 'key', month, id);
  }

  windowClosed(month: string): Uint8Array {
    return this.#key('window', 'closed', month);
  }

  /** Entries of ours that were lost for good, by the entry that says so. */
  loss(sequence: number): Uint8Array {
    return this.#key('loss', sequence);
  }

  /** The entry of the newest loss of a domain's log, ours or a partner's, that was accepted. */
  newestLoss(log: string): Uint8Array {
    return this.#key('newestLoss', log);
  }

  /** People of partners who wrote to us: address to the device last seen. */
  person(address: string): Uint8Array {
    return this.#key('person', address);
  }

  /** A person of a partner as last seen, and the conversations with them. */
  known(domain: string, address: string): Uint8Array {
    return this.#key('acquaintance', 'known', domain, address);
  }

  talks(domain: string, address: string): Uint8Array {
    return this.#key('acquaintance', 'talks', domain, address);
  }

  /** What an entry changed of somebody's identity. */
  news(sequence: number): Uint8Array {
    return this.#key('news', sequence);
  }

  /** What a person wrote, by sequence. */
  said(address: string, sequence: number): Uint8Array {
    return this.#key('said', address, sequence);
  }

  /** A part of the search index, by its first entry: see `../search`. */
  searchSegment(from: number): Uint8Array {
    return this.#key('searchSegment', from);
  }

  searchBlock(from: number, block: number): Uint8Array {
    return this.#key('searchBlock', from, block);
  }

  /** The first certificate of disposal whose entries may still be in the segments of the search index. */
  searchGone(): Uint8Array {
    return this.#key('searchGone');
  }

  /** Of an entry whose content was disposed of, its certificate's entry. */
  disposed(sequence: number): Uint8Array {
    return this.#key('disposed', sequence);
  }

  /** An entry whose effect on what is stored is still to be had. */
  pendingEffect(sequence: number): Uint8Array {
    return this.#key('effect', 'pending', sequence);
  }

  /** An entry that came without its content, and waits for the certificate that says why. */
  awaited(sequence: number): Uint8Array {
    return this.#key('effect', 'awaited', sequence);
  }

  /** A disposal certificate. */
  certificate(sequence: number): Uint8Array {
    return this.#key('effect', 'certificate', sequence);
  }

  /** An entry in which a data key lies, wrapped. */
  keyEntry(id: Uint8Array, sequence: number): Uint8Array {
    return this.#key('keyEntry', id, sequence);
  }

  /** A legal hold by its entry; the entry that released it; who asks to release a matter. */
  hold(sequence: number): Uint8Array {
    return this.#key('hold', 'placed', sequence);
  }

  holdReleased(sequence: number): Uint8Array {
    return this.#key('hold', 'released', sequence);
  }

  holdRequest(matter: string): Uint8Array {
    return this.#key('hold', 'request', matter);
  }

  /** All holds in force, in one value. */
  activeHolds(): Uint8Array {
    return this.#key('hold', 'active');
  }

  /** That a custodian acknowledged a hold, by its entry. */
  holdNotice(hold: number, person: string): Uint8Array {
    return this.#key('holdNotice', hold, person);
  }

  /** A request for erasure by its entry. */
  erasure(sequence: number): Uint8Array {
    return this.#key('erasure', sequence);
  }

  /** A case as it stands, by the entry that opened it; of its saved searches the entries that saved and last ran them. */
  case(opened: number): Uint8Array {
    return this.#key('case', 'state', opened);
  }

  caseSearch(opened: number, search: number): Uint8Array {
    return this.#key('case', 'search', opened, search);
  }

  /** The name of a case to the newest one of that name. */
  caseNamed(name: string): Uint8Array {
    return this.#key('caseNamed', name);
  }

  /** What happened in a case, and the notes among that. */
  caseEvent(list: 'timeline' | 'notes', opened: number, sequence: number): Uint8Array {
    return this.#key('caseEvent', list, opened, sequence);
  }

  /** A message that is tagged in a case, to the entries that tagged it; the same by tag, to the one that did. */
  caseMessage(opened: number, entry: number): Uint8Array {
    return this.#key('caseTag', 'message', opened, entry);
  }

  caseTag(opened: number, tag: string, entry: number): Uint8Array {
    return this.#key('caseTag', 'tag', opened, tag, entry);
  }

  /** An officer's act by its SHA-256; what one asks for, by its entry; the schedules in force. */
  knownAct(act: Uint8Array): Uint8Array {
    return this.#key('act', 'known', act);
  }

  officerRequest(sequence: number): Uint8Array {
    return this.#key('act', 'request', sequence);
  }

  approvedDisposal(): Uint8Array {
    return this.#key('act', 'disposal');
  }

  oversightPolicy(): Uint8Array {
    return this.#key('act', 'policy');
  }

  /** A period in which nothing could be recorded, by the entry that says so. */
  absence(sequence: number): Uint8Array {
    return this.#key('recording', 'absence', sequence);
  }

  /** An act of oversight. */
  audit(sequence: number): Uint8Array {
    return this.#key('audit', sequence);
  }

  /** That a notice of recording was acknowledged on a device; the entry that says a notice's text. Notices by their hashes. */
  acknowledged(person: string, device: string, version: Uint8Array): Uint8Array {
    return this.#key('recording', 'acknowledged', person, device, version);
  }

  noticeText(version: Uint8Array): Uint8Array {
    return this.#key('recording', 'text', version);
  }

  /** A request for preservation by its id as it stands; the entries about it; those of a partner, and which of them wait. */
  preservation(id: Uint8Array): Uint8Array {
    return this.#key('preservation', 'state', id);
  }

  preservationEntry(id: Uint8Array, sequence: number): Uint8Array {
    return this.#key('preservation', 'entry', id, sequence);
  }

  preservationFrom(domain: string, sequence: number): Uint8Array {
    return this.#key('preservation', 'from', domain, sequence);
  }

  preservationWaits(domain: string, id: Uint8Array): Uint8Array {
    return this.#key('preservation', 'waits', domain, id);
  }

  /** What of it a partner has yet to be told: the entry. */
  preservationOutbox(domain: string, id: Uint8Array): Uint8Array {
    return this.#key('preservationOutbox', domain, id);
  }

  /** A key from its parts: names of texts (16 bytes), sequence numbers (8 bytes), hashes (as they are). */
  #key(view: View, ...parts: readonly Part[]): Uint8Array {
    const written: (number | Uint8Array)[] = [];
    let length = 1;
    for (const part of parts) {
      const named = typeof part === 'string' ? this.#nameOf(part) : part;
      written.push(named);
      length += typeof named === 'number' ? SEQUENCE_BYTES : named.length;
    }
    const bytes = new Uint8Array(length);
    bytes[0] = PREFIX[view];
    let at = 1;
    for (const part of written) {
      if (typeof part === 'number') at = writeSequence(bytes, at, part);
      else {
        bytes.set(part, at);
        at += part.length;
      }
    }
    return bytes;
  }
}

/** The first key after every key that starts with `prefix`. Every prefix starts below 0xff, so there is one. */
function successor(prefix: Uint8Array): Uint8Array {
  let end = prefix.length;
  while (prefix[end - 1] === 0xff) end -= 1;
  const next = prefix.slice(0, end);
  next[end - 1] = (next[end - 1] ?? 0) + 1;
  return next;
}
