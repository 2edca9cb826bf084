/**
 * The keys of the views of policy: the one in force, what it decided, what is kept back or waits for a review, who is known or
 * waits to be, and what was reported.
 */
import { KeyWriter } from './view-key.ts';

export abstract class PolicyKeys extends KeyWriter {
  /** The policy in force. */
  policy(): Uint8Array {
    return this.key('policy', 'force');
  }

  /** Every policy that was in force, by its entry. */
  policyAt(sequence: number): Uint8Array {
    return this.key('policy', 'at', sequence);
  }

  /** What was decided of a message, by its id: the entry. */
  decision(message: Uint8Array): Uint8Array {
    return this.key('decision', message);
  }

  /** What was found in the file of a message, by its id: the entry. */
  inspection(message: Uint8Array): Uint8Array {
    return this.key('inspection', message);
  }

  /** That an entry is a decision. */
  decided(sequence: number): Uint8Array {
    return this.key('decided', sequence);
  }

  /** A message that is kept back, by its id. */
  quarantine(message: Uint8Array): Uint8Array {
    return this.key('quarantine', message);
  }

  /** How a conversation was before a change of it that is kept back. */
  conversationBefore(id: Uint8Array): Uint8Array {
    return this.key('conversationBefore', id);
  }

  /** A decision or report that waits for a review; one that ever did. */
  openReview(decision: number): Uint8Array {
    return this.key('review', 'open', decision);
  }

  queued(decision: number): Uint8Array {
    return this.key('review', 'all', decision);
  }

  /** The newest review of one. */
  reviewed(decision: number): Uint8Array {
    return this.key('review', 'done', decision);
  }

  /** That an entry is a review. */
  review(sequence: number): Uint8Array {
    return this.key('review', 'at', sequence);
  }

  /** That a member of ours, or with an empty name everybody, knows somebody of a partner. */
  contact(member: string, person: string): Uint8Array {
    return this.key('contact', member, person);
  }

  /** That a person was accepted or declined, by the entry. */
  contactDecided(sequence: number): Uint8Array {
    return this.key('request', 'decided', sequence);
  }

  /** A message that is held since nobody knows who wrote it, and for nothing else: the decision. */
  contactHold(message: Uint8Array): Uint8Array {
    return this.key('request', 'held', message);
  }

  /** The same by a member it is for, and by the person who wrote it: the message. */
  request(member: string, decision: number): Uint8Array {
    return this.key('request', 'for', member, decision);
  }

  requestOf(person: string, decision: number): Uint8Array {
    return this.key('request', 'of', person, decision);
  }

  /** Somebody of a partner who waits for a member of ours, or with an empty name for the organisation, to let them in: the decision. */
  requester(who: string, person: string): Uint8Array {
    return this.key('request', 'by', who, person);
  }

  /** That an entry is a report, of ours or of a partner's. */
  report(sequence: number): Uint8Array {
    return this.key('report', 'at', sequence);
  }

  /** A report of ours, or what was decided of one, that a partner has yet to be told; the entry of its notice. */
  reportUntold(partner: string, report: number): Uint8Array {
    return this.key('report', 'untold', partner, report);
  }

  reportNotice(report: number): Uint8Array {
    return this.key('report', 'told', report);
  }

  /** What a partner, or one of our members by address, reported: by its entries. */
  reportFrom(who: string, report: number): Uint8Array {
    return this.key('report', 'from', who, report);
  }

  /** What a partner reported and nobody looked at yet; and all of it, by the message. */
  reportWaits(partner: string, report: number): Uint8Array {
    return this.key('report', 'waits', partner, report);
  }

  reportAbout(partner: string, message: Uint8Array): Uint8Array {
    return this.key('report', 'about', partner, message);
  }

  /** What our officers decided of a report, as its partner is told: the newest entry. */
  reportVerdict(report: number): Uint8Array {
    return this.key('report', 'verdict', report);
  }

  /** What a partner's officers decided of its reports: by its entries; and of each the newest. */
  reportLearnedFrom(partner: string, verdict: number): Uint8Array {
    return this.key('report', 'learned-from', partner, verdict);
  }

  reportLearned(report: number): Uint8Array {
    return this.key('report', 'learned', report);
  }

  /** A message that is held since it goes with one that was reported, by the decision. */
  suspected(report: number, decision: number): Uint8Array {
    return this.key('report', 'held', report, decision);
  }

  /** A report as it was made; a message that was reported, and how that stands. */
  reportRecord(report: number): Uint8Array {
    return this.key('reported', 'record', report);
  }

  reported(message: Uint8Array): Uint8Array {
    return this.key('reported', 'message', message);
  }

  /** Who of us was told of a report. */
  reportTold(report: number): Uint8Array {
    return this.key('reported', 'told', report);
  }

  /** The reports by which a message with a trait is held or blocked; how many hosts there are such reports of. */
  suspect(trait: string, value: Uint8Array | string): Uint8Array {
    return this.key('suspect', trait, value);
  }

  suspectHosts(): Uint8Array {
    return this.key('suspect', 'hosts');
  }

  /** The newest decision that a rule led to, the newest trial of it, and the newest in which it bit: entries. */
  ruleHit(rule: string): Uint8Array {
    return this.key('control', 'hit', rule);
  }

  ruleTrial(rule: string): Uint8Array {
    return this.key('control', 'trial', rule);
  }

  ruleBitten(rule: string): Uint8Array {
    return this.key('control', 'bitten', rule);
  }

  /** The newest look at the acts of oversight. */
  auditRead(): Uint8Array {
    return this.key('control', 'audit-read');
  }

  /** The newest time that the archive was compared with a partner's to the end: an entry. */
  reconciled(partner: string): Uint8Array {
    return this.key('control', 'reconciled', partner);
  }
}
