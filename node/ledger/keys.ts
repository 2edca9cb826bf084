/** The keys of every view over the log; those of oversight stand in `oversight-keys.ts`, how one is written in `view-key.ts`. */
import { OversightKeys } from './oversight-keys.ts';

export class ViewKeys extends OversightKeys {
  /** How far views that are being made anew have come. */
  remaking(): Uint8Array {
    return this.key('remaking');
  }

  /** Message id to its sequence. */
  message(id: Uint8Array): Uint8Array {
    return this.key('message', id);
  }

  /** A conversation's messages by sequence. */
  timeline(conversation: Uint8Array, sequence: number): Uint8Array {
    return this.key('timeline', conversation, sequence);
  }

  /** What a member's devices read: messages, and what became of the member's own. */
  feed(address: string, sequence: number): Uint8Array {
    return this.key('feed', address, sequence);
  }

  conversation(id: Uint8Array): Uint8Array {
    return this.key('conversation', id);
  }

  /** The conversations a member is in. */
  membership(address: string, conversation: Uint8Array): Uint8Array {
    return this.key('membership', address, conversation);
  }

  /** Until which entry a member was in a conversation they are no longer in. */
  formerMembership(address: string, conversation: Uint8Array): Uint8Array {
    return this.key('formerMembership', address, conversation);
  }

  /** That a person of a partner came into a conversation, or left it, with an entry. */
  stay(address: string, conversation: Uint8Array, sequence: number): Uint8Array {
    return this.key('stay', address, conversation, sequence);
  }

  /** Device hash to its certificate chain. */
  signer(device: Uint8Array): Uint8Array {
    return this.key('signer', device);
  }

  /** Messages a partner has yet to acknowledge. */
  outbox(domain: string, sequence: number): Uint8Array {
    return this.key('outbox', domain, sequence);
  }

  outboxCursor(domain: string): Uint8Array {
    return this.key('outboxCursor', domain);
  }

  /** Messages sent to a partner, with the entry of its receipt once it gave one, and messages it sent us. */
  exchange(domain: string, sequence: number): Uint8Array {
    return this.key('exchange', domain, sequence);
  }

  member(address: string): Uint8Array {
    return this.key('member', address);
  }

  device(serial: string): Uint8Array {
    return this.key('device', serial);
  }

  memberDevice(address: string, serial: string): Uint8Array {
    return this.key('memberDevice', address, serial);
  }

  /** A device's peer id to its serial. */
  peerDevice(peer: string): Uint8Array {
    return this.key('peerDevice', peer);
  }

  /** A device's peer id to what it last reported, and to when it was wiped. */
  deviceReport(peer: string): Uint8Array {
    return this.key('deviceReport', peer);
  }

  deviceWipe(peer: string): Uint8Array {
    return this.key('deviceWipe', peer);
  }

  /** SHA-256 of an enrolment code to its invitation. */
  invitation(codeHash: Uint8Array): Uint8Array {
    return this.key('invitation', codeHash);
  }

  /** A device’s peer id to its request to be enrolled. */
  enrolment(peer: string): Uint8Array {
    return this.key('enrolment', peer);
  }

  agreement(domain: string): Uint8Array {
    return this.key('agreement', domain);
  }

  organisation(domain: string): Uint8Array {
    return this.key('organisation', domain);
  }

  roster(domain: string): Uint8Array {
    return this.key('roster', domain);
  }

  /** Our own standing. */
  authority(): Uint8Array {
    return this.key('authority');
  }

  /** Size and root of a checkpoint of ours that was disowned. */
  disowned(head: Uint8Array): Uint8Array {
    return this.key('disowned', head);
  }

  /** Edits and the recall of a message, by its id. */
  version(target: Uint8Array, sequence: number): Uint8Array {
    return this.key('version', target, sequence);
  }

  /** What last edited or recalled a message, by its id. */
  revised(target: Uint8Array): Uint8Array {
    return this.key('revised', target);
  }

  /** The sealed file of a message, by its entry. */
  file(sequence: number): Uint8Array {
    return this.key('file', sequence);
  }

  /** The sealed file of a message that was disposed of, until the file is gone as well. */
  goneFile(sequence: number): Uint8Array {
    return this.key('goneFile', sequence);
  }

  /** Who is the primary of the archive. */
  epoch(): Uint8Array {
    return this.key('epoch');
  }

  /** What was recorded of an organisation, by sequence. */
  history(domain: string, sequence: number): Uint8Array {
    return this.key('history', domain, sequence);
  }

  /** SHA-256 of a DNSSEC proof to that proof. */
  proof(hash: Uint8Array): Uint8Array {
    return this.key('proof', hash);
  }

  /** The entry of each roster that was taken, by its number. */
  rosterAt(domain: string, number: number): Uint8Array {
    return this.key('rosterAt', domain, number);
  }

  /** Evidence against a partner, by place: whose signatures it is about, and its entry. */
  evidence(domain: string, place: number): Uint8Array {
    return this.key('evidence', domain, place);
  }

  /** The same of checkpoints, each kind by itself. */
  checkpointEvidence(domain: string, kind: string, place: number): Uint8Array {
    return this.key('checkpointEvidence', domain, kind, place);
  }

  /** Receipts of a partner that its log contradicts, by place: the message, and the entry. */
  receiptEvidence(domain: string, place: number): Uint8Array {
    return this.key('receiptEvidence', domain, place);
  }

  /** The newest checkpoint of one domain's log that another's witness cosigned. */
  cosignature(log: string, witness: string): Uint8Array {
    return this.key('cosignature', log, witness);
  }

  dataKey(id: Uint8Array): Uint8Array {
    return this.key('dataKey', id);
  }

  /** The id of the data key of a conversation in a month. */
  dataKeyOf(conversation: Uint8Array, month: string): Uint8Array {
    return this.key('dataKeyOf', conversation, month);
  }

  /** A data key as it is wrapped for an officer's device. */
  dataKeyWrap(id: Uint8Array, peer: string): Uint8Array {
    return this.key('dataKeyWrap', id, peer);
  }

  /** The data keys of a month, and that its window is closed. */
  windowKey(month: string, id: Uint8Array): Uint8Array {
    return this.key('window', 'key', month, id);
  }

  windowClosed(month: string): Uint8Array {
    return this.key('window', 'closed', month);
  }

  /** Entries of ours that were lost for good, by the entry that says so. */
  loss(sequence: number): Uint8Array {
    return this.key('loss', sequence);
  }

  /** The entry of the newest loss of a domain's log, ours or a partner's, that was accepted. */
  newestLoss(log: string): Uint8Array {
    return this.key('newestLoss', log);
  }

  /** People of partners who wrote to us: address to the device last seen. */
  person(address: string): Uint8Array {
    return this.key('person', address);
  }

  /** A person of a partner as last seen, and the conversations with them. */
  known(domain: string, address: string): Uint8Array {
    return this.key('acquaintance', 'known', domain, address);
  }

  talks(domain: string, address: string): Uint8Array {
    return this.key('acquaintance', 'talks', domain, address);
  }

  /** What an entry changed of somebody's identity. */
  news(sequence: number): Uint8Array {
    return this.key('news', sequence);
  }

  /** What a person wrote, by sequence. */
  said(address: string, sequence: number): Uint8Array {
    return this.key('said', address, sequence);
  }

  /** A part of the search index, by its first entry: see `../search`. */
  searchSegment(from: number): Uint8Array {
    return this.key('searchSegment', from);
  }

  searchBlock(from: number, block: number): Uint8Array {
    return this.key('searchBlock', from, block);
  }

  /** The first certificate of disposal whose entries may still be in the segments of the search index. */
  searchGone(): Uint8Array {
    return this.key('searchGone');
  }

  /** An entry in which a data key lies, wrapped. */
  keyEntry(id: Uint8Array, sequence: number): Uint8Array {
    return this.key('keyEntry', id, sequence);
  }
}
