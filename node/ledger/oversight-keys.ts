/** The keys of the views of oversight: who looked, what was disposed of, holds, cases, acts, requests for preservation. */
import { PolicyKeys } from './policy-keys.ts';

export abstract class OversightKeys extends PolicyKeys {
  /** Who looked at what was said, by the entry that records it. */
  access(sequence: number): Uint8Array {
    return this.key('access', sequence);
  }

  /** By the entry that was looked at. */
  accessOf(entry: number, sequence: number): Uint8Array {
    return this.key('accessOf', entry, sequence);
  }

  /** Of an entry whose content was disposed of, its certificate's entry. */
  disposed(sequence: number): Uint8Array {
    return this.key('disposed', sequence);
  }

  /** An entry whose effect on what is stored is still to be had. */
  pendingEffect(sequence: number): Uint8Array {
    return this.key('effect', 'pending', sequence);
  }

  /** An entry that came without its content, and waits for the certificate that says why. */
  awaited(sequence: number): Uint8Array {
    return this.key('effect', 'awaited', sequence);
  }

  /** A disposal certificate. */
  certificate(sequence: number): Uint8Array {
    return this.key('effect', 'certificate', sequence);
  }

  /** A legal hold by its entry; the entry that released it; who asks to release a matter. */
  hold(sequence: number): Uint8Array {
    return this.key('hold', 'placed', sequence);
  }

  holdReleased(sequence: number): Uint8Array {
    return this.key('hold', 'released', sequence);
  }

  holdRequest(matter: string): Uint8Array {
    return this.key('hold', 'request', matter);
  }

  /** That a custodian acknowledged a hold, by its entry. */
  holdNotice(hold: number, person: string): Uint8Array {
    return this.key('holdNotice', hold, person);
  }

  /** All holds in force, in one value. */
  activeHolds(): Uint8Array {
    return this.key('hold', 'active');
  }

  /** A request for erasure by its entry. */
  erasure(sequence: number): Uint8Array {
    return this.key('erasure', sequence);
  }

  /** A case as it stands, by the entry that opened it; of its saved searches the entries that saved and last ran them. */
  case(opened: number): Uint8Array {
    return this.key('case', 'state', opened);
  }

  caseSearch(opened: number, search: number): Uint8Array {
    return this.key('case', 'search', opened, search);
  }

  /** The name of a case to the newest one of that name. */
  caseNamed(name: string): Uint8Array {
    return this.key('caseNamed', name);
  }

  /** What happened in a case, and the notes among that. */
  caseEvent(list: 'timeline' | 'notes', opened: number, sequence: number): Uint8Array {
    return this.key('caseEvent', list, opened, sequence);
  }

  /** A message that is tagged in a case, to the entries that tagged it; the same by tag, to the one that did. */
  caseMessage(opened: number, entry: number): Uint8Array {
    return this.key('caseTag', 'message', opened, entry);
  }

  caseTag(opened: number, tag: string, entry: number): Uint8Array {
    return this.key('caseTag', 'tag', opened, tag, entry);
  }

  /** An officer's act by its SHA-256; what one asks for, by its entry; the schedules in force. */
  knownAct(act: Uint8Array): Uint8Array {
    return this.key('act', 'known', act);
  }

  officerRequest(sequence: number): Uint8Array {
    return this.key('act', 'request', sequence);
  }

  approvedDisposal(): Uint8Array {
    return this.key('act', 'disposal');
  }

  oversightPolicy(): Uint8Array {
    return this.key('act', 'policy');
  }

  /** A period in which nothing could be recorded, by the entry that says so. */
  absence(sequence: number): Uint8Array {
    return this.key('recording', 'absence', sequence);
  }

  /** An act of oversight. */
  audit(sequence: number): Uint8Array {
    return this.key('audit', sequence);
  }

  /** That a notice of recording was acknowledged on a device; the entry that says a notice's text. Notices by their hashes. */
  acknowledged(person: string, device: string, version: Uint8Array): Uint8Array {
    return this.key('recording', 'acknowledged', person, device, version);
  }

  noticeText(version: Uint8Array): Uint8Array {
    return this.key('recording', 'text', version);
  }

  /** A request for preservation by its id as it stands; the entries about it; those of a partner, and which of them wait. */
  preservation(id: Uint8Array): Uint8Array {
    return this.key('preservation', 'state', id);
  }

  preservationEntry(id: Uint8Array, sequence: number): Uint8Array {
    return this.key('preservation', 'entry', id, sequence);
  }

  preservationFrom(domain: string, sequence: number): Uint8Array {
    return this.key('preservation', 'from', domain, sequence);
  }

  preservationWaits(domain: string, id: Uint8Array): Uint8Array {
    return this.key('preservation', 'waits', domain, id);
  }

  /** What of it a partner has yet to be told: the entry. */
  preservationOutbox(domain: string, id: Uint8Array): Uint8Array {
    return this.key('preservationOutbox', domain, id);
  }
}
