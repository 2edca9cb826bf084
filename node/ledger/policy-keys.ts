/** The keys of the views of policy: the one in force, what it decided, what is kept back or waits for a review, and who is known. */
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

  /** That an entry is a decision. */
  decided(sequence: number): Uint8Array {
    return this.key('decided', sequence);
  }

  /** A message that is kept back, by its id. */
  quarantine(message: Uint8Array): Uint8Array {
    return this.key('quarantine', message);
  }

  /** A decision that waits for a review; the review of one. */
  openReview(decision: number): Uint8Array {
    return this.key('review', 'open', decision);
  }

  reviewed(decision: number): Uint8Array {
    return this.key('review', 'done', decision);
  }

  /** That a member of ours, or with an empty name everybody, knows somebody of a partner. */
  contact(member: string, person: string): Uint8Array {
    return this.key('contact', member, person);
  }

  /** The newest decision that a rule led to, and the newest trial of it: entries. */
  ruleHit(rule: string): Uint8Array {
    return this.key('control', 'hit', rule);
  }

  ruleTrial(rule: string): Uint8Array {
    return this.key('control', 'trial', rule);
  }

  /** The newest look at the acts of oversight. */
  auditRead(): Uint8Array {
    return this.key('control', 'audit-read');
  }
}
