/**
 * Policy where it bites: every message, both ways, before it is archived. Guarantees: what is blocked is in no feed and on no
 * wire; that it was, or that a device had to redact it, is recorded without what it said; what is held is archived and kept
 * back; what cannot be decided is refused.
 */
import type { Logger } from 'pino';
import type { Conversation } from '../../protocol/conversation/index.ts';
import { accept, refuse, type Refusal, type Result } from '../../protocol/errors/index.ts';
import { decisionOf, type Decision, type Policy, type Reason } from '../../protocol/policy/index.ts';
import { ADMITTED, type Decide, type Occasion, type Ruling } from '../intake/index.ts';
import { fact, type Fact, type Ledger, type Messages } from '../ledger/index.ts';
import type { InspectedFiles } from './inspected-files.ts';
import { MessageTalk, type TalkOccasion, type TalkSources } from './message-talk.ts';
import type { PolicyKeeper } from './policy-keeper.ts';

/** Blocked and redacted messages of one sender that are recorded in a minute: of those beyond it none is, and none comes through. */
const MAX_RECORDED = 100;
const MINUTE_MS = 60_000;

/** Senders whose messages of that kind are counted at a time. */
const MAX_COUNTED = 10_000;

export interface EnforcementOptions {
  readonly ledger: Ledger;
  readonly messages: Messages;
  readonly floor: Decide;
  readonly policies: PolicyKeeper;
  readonly sources: TalkSources;
  /** What was found in the files of messages. */
  readonly inspected: Pick<InspectedFiles, 'refuse' | 'recordOf'>;
  /** What people decided of those who wrote it, or of what is like it: it counts beside the policy, and where there is none. */
  readonly besides: (occasion: Occasion) => readonly Reason[];
  readonly log: Logger;
}

export class Enforcement {
  readonly #options: EnforcementOptions;
  #recorded = new Map<string, number>();
  #minute = 0;

  constructor(options: EnforcementOptions) {
    this.#options = options;
  }

  /** Refuses as the floor does, and with `attachment.missing`, `limit.exceeded`, `policy.blocked`, `policy.confirm`, `policy.redact` or `policy.held`. */
  readonly decide: Decide = (occasion) => {
    const { floor, policies, messages, sources, inspected } = this.#options;
    const allowed = floor(occasion);
    if (!allowed.ok) return allowed;
    const { content } = occasion.message;
    if ('target' in content && messages.isHeld(content.target))
      return refuse('policy.held', 'the message that this is about waits for a review, or was turned down');
    // whoever takes back what they said is not held up by it; and what of ours is had back went to partners before
    if (content.kind === 'recall' || (occasion.hadBack && occasion.direction === 'outbound')) return allowed;
    const policy = policies.current;
    // what was not looked into is not decided about: it comes again
    const unseen = policy === null ? undefined : inspected.refuse(occasion.message);
    if (unseen !== undefined) return unseen;
    const ruled = policy?.decide(new MessageTalk(withRolesOfNow(occasion, sources), sources));
    const besides = this.#options.besides(occasion);
    const decision =
      besides.length === 0
        ? ruled
        : decisionOf([...besides, ...(ruled?.reasons ?? [])], ruled?.redactions ?? []);
    const ruling =
      (decision?.reasons.length ?? 0) === 0 || decision === undefined
        ? accept(ADMITTED)
        : this.#rule(occasion.hadBack ? heldAtMost(decision) : decision, occasion);
    const record = ruling.ok ? inspected.recordOf(occasion.message) : undefined;
    if (!ruling.ok || record === undefined) return ruling;
    return accept({ ...ruling.value, facts: [fact('inspection', record), ...ruling.value.facts] });
  };

  /**
   * Whether a member may say something to those in a conversation that is no message in it. Refuses with `policy.blocked`
   * whatever the policy would not let go as it is.
   */
  mayTell(sender: string, text: string, after: Conversation): Result<undefined> {
    const { policies, sources } = this.#options;
    const message = { id: after.id, sender, content: { kind: 'text', text } } as const;
    const signer = { name: '', roles: sources.rolesOf(sender) };
    const decision = policies.current?.decide(
      new MessageTalk({ direction: 'outbound', message, signer, after }, sources),
    );
    if (decision === undefined || decision.outcome === 'allow') return accept(undefined);
    const { reasons, outcome } = decision;
    const rule = ruleOf(reasons, outcome);
    return refuse('policy.blocked', `${said(reasons, outcome)}; say it otherwise, or leave it out`, { rule });
  }

  /**
   * What a policy, the one in force if no other is given, decides of a message that is none: nothing of it is recorded, archived
   * or delivered. Null where there is no policy. `known` is what is to be taken for known of its people and files.
   */
  rehearse(
    occasion: Occasion,
    known: Partial<TalkSources>,
    policy: Policy | null = this.#options.policies.current,
  ): Decision | null {
    return policy === null
      ? null
      : policy.decide(new MessageTalk(occasion, { ...this.#options.sources, ...known }));
  }

  #rule(decision: Decision, occasion: Occasion): Result<Ruling> {
    const isOwn = occasion.direction === 'outbound';
    const outcome = outcomeOf(decision, occasion);
    switch (outcome) {
      case 'allow':
        return accept({ held: false, facts: [this.#factOf(decision, outcome, occasion)] });
      case 'warn':
        if (isOwn && occasion.confirmed === null)
          return refuse(
            'policy.confirm',
            `${said(decision.reasons, 'warn')}; to send it all the same, say why`,
          );
        return accept({ held: false, facts: [this.#factOf(decision, outcome, occasion)] });
      case 'redact':
        if (isOwn) {
          // what goes instead is another message; whoever looks at this one's record finds nothing to review
          this.#record(occasion, this.#factOf({ ...decision, flagged: false }, outcome, occasion));
          return refusedFor(decision);
        }
        return accept({ held: false, facts: [this.#factOf(decision, outcome, occasion)] });
      case 'hold':
        return accept({ held: true, facts: [this.#factOf(decision, outcome, occasion)] });
      case 'block': {
        this.#record(occasion, this.#factOf(decision, outcome, occasion));
        const { domain } = this.#options.sources;
        const why = isOwn ? said(decision.reasons, 'block') : `the policy of ${domain} does not let this in`;
        return refuse('policy.blocked', why, { rule: ruleOf(decision.reasons, outcome) });
      }
    }
  }

  #factOf(decision: Decision, outcome: Decision['outcome'], occasion: Occasion): Fact {
    const { message, after, direction, confirmed } = occasion;
    const isForOrganisation = outcome === 'hold' && this.#isForOrganisation(decision);
    return fact('decision', {
      ...{ message: message.id, conversation: after.id, sender: message.sender },
      direction: direction === 'outbound' ? 'out' : 'in',
      policy: this.#options.policies.number,
      outcome,
      flagged: decision.flagged,
      reasons: decision.reasons.map(({ text: _text, findings, ...reason }) => ({
        ...reason,
        findings: findings.map((finding) => ({ ...finding })),
      })),
      confirmed: outcome === 'warn' ? confirmed : null,
      ...(isForOrganisation ? { organisation: true } : {}),
    });
  }

  /** Whether somebody is held whom the organisation alone lets in. */
  #isForOrganisation({ reasons }: Decision): boolean {
    const rules = this.#options.policies.current?.document.rules ?? [];
    return reasons.some(
      ({ rule, outcome }) =>
        outcome === 'hold' && rules.some(({ id, accept: by }) => id === rule && by === 'organisation'),
    );
  }

  /** Records that a message went nowhere as it is, once for each; it stays so whether that succeeds or not. */
  #record({ message }: Occasion, decided: Fact): void {
    const { ledger, log } = this.#options;
    if (ledger.get(ledger.keys.decision(message.id)) !== undefined || !this.#mayRecord(message.sender))
      return;
    void ledger.append([decided]).catch((error: unknown) => {
      log.error({ err: error }, 'that a message was blocked or redacted could not be recorded');
    });
  }

  #mayRecord(sender: string): boolean {
    const minute = Math.floor(this.#options.sources.clock() / MINUTE_MS);
    if (minute !== this.#minute || this.#recorded.size >= MAX_COUNTED) {
      this.#minute = minute;
      this.#recorded = new Map();
    }
    const before = this.#recorded.get(sender) ?? 0;
    this.#recorded.set(sender, before + 1);
    return before < MAX_RECORDED;
  }
}

/** Of our own members those roles count that they have, not those under which an earlier certificate of theirs still signs. */
function withRolesOfNow(occasion: Occasion, { rolesOf }: TalkSources): TalkOccasion {
  const { direction, message, signer } = occasion;
  if (direction === 'inbound') return occasion;
  return { ...occasion, signer: { name: signer.name, roles: rolesOf(message.sender) } };
}

/** What the archive had before is had back; where it would be blocked, nobody is shown it before somebody looked at it. */
function heldAtMost(decision: Decision): Decision {
  if (decision.outcome !== 'block') return decision;
  const reasons = decision.reasons.map((reason) =>
    reason.outcome === 'block' ? { ...reason, outcome: 'hold' as const } : reason,
  );
  return { ...decision, outcome: 'hold', reasons };
}

/** A change of who takes part is for everybody at once or for nobody: one of ours that had to wait is not made. */
function outcomeOf(decision: Decision, { direction, message }: Occasion): Decision['outcome'] {
  const cannotWait = message.content.kind === 'membership' && direction === 'outbound';
  return cannotWait && decision.outcome === 'hold' ? 'block' : decision.outcome;
}

/** What may go is what is left: the sender's device takes it out, and signs anew. */
function refusedFor({ reasons, redactions }: Decision): { readonly ok: false; readonly refusal: Refusal } {
  const places = redactions.map(({ start, end, type }) => `${start}-${end}-${type}`).join(' ');
  return refuse('policy.redact', said(reasons, 'redact'), { redactions: places });
}

/** What the person is told: what the rules say that led to it, each once. */
function said(reasons: readonly Reason[], outcome: Decision['outcome']): string {
  const texts = reasons
    .filter((reason) => reason.outcome === outcome)
    .map(({ text }) => text.replace(/\.$/, ''));
  return [...new Set(texts)].join('; ') || 'the organisation’s policy asks for it';
}

function ruleOf(reasons: readonly Reason[], outcome: Decision['outcome']): string {
  return reasons.find((reason) => reason.outcome === outcome)?.rule ?? reasons[0]?.rule ?? '';
}
