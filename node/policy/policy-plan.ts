/**
 * What a policy would change, and for whom: of each rule that is other than it was, the members, partners and conversations it
 * is about as they are now.
 */
import { setImmediate } from 'node:timers/promises';
import { domainOf, domainsOf, type Conversation } from '../../protocol/conversation/index.ts';
import type { Sha256 } from '../../protocol/crypto/index.ts';
import {
  differenceOf,
  reachOf,
  unversioned,
  type Level,
  type Participant,
  type Party,
  type PolicyDifference,
  type PolicyDocument,
  type Reach,
  type Rule,
  type RuleChange,
} from '../../protocol/policy/index.ts';
import { LEVELS } from '../../protocol/wire/index.ts';
import type { Members, Messages } from '../ledger/index.ts';
import type { Concern, Several } from './concern.ts';
import type { TalkSources } from './message-talk.ts';
import { sentenceOf } from './plan-text.ts';

/** Addresses and domains named of all that a rule is about. */
const MAX_NAMED = 5;

/** Conversations looked at before the node does something else. */
const CONVERSATIONS_A_TURN = 32;

export interface PlannerOptions {
  readonly members: Members;
  readonly messages: Messages;
  readonly sources: Pick<TalkSources, 'domain' | 'rolesOf' | 'levelOf'>;
  readonly sha256: Sha256;
}

/** With all that in a sentence, for people. */
interface ToldConcern extends Concern {
  readonly text: string;
}

export interface Plan {
  readonly difference: PolicyDifference;
  readonly concerns: readonly ToldConcern[];
  /** Lexicons with other words under the version they had. */
  readonly unversioned: readonly string[];
}

interface Looked {
  readonly rule: Rule;
  readonly change: RuleChange;
  readonly reach: Reach;
  readonly members: readonly string[];
  readonly partners: Set<string>;
  conversations: number;
}

/** @param before null where there is none in force; both have to compile */
export async function planOf(
  before: PolicyDocument | null,
  after: PolicyDocument,
  options: PlannerOptions,
): Promise<Plan> {
  const difference = differenceOf(before, after);
  const members = await ownMembers(options);
  const looked = difference.rules.flatMap((change) => {
    const document = change.change === 'removed' ? before : after;
    const rule = document?.rules.find(({ id }) => id === change.rule);
    if (document === null || rule === undefined) return [];
    const reach = reachOf(rule, document, options.sha256);
    const meant = members.filter((member) => reach.concerns(member)).map(({ address }) => address);
    return [{ rule, change, reach, members: meant, partners: new Set<string>(), conversations: 0 }];
  });
  if (looked.length > 0) await lookThrough(looked, options);
  return {
    difference,
    concerns: looked.map((one) => concernOf(one, members.length)),
    unversioned: unversioned(difference),
  };
}

async function ownMembers({ members, sources: { domain } }: PlannerOptions): Promise<Participant[]> {
  const listed = await members.list();
  return listed
    .filter(({ state }) => state === 'active')
    .map(({ address, roles }) => ({ address, domain, roles }));
}

async function lookThrough(looked: readonly Looked[], { messages, sources }: PlannerOptions): Promise<void> {
  const conversations = await messages.conversations();
  for (const [at, conversation] of conversations.entries()) {
    if (at % CONVERSATIONS_A_TURN === 0) await setImmediate();
    const parties = partiesOf(conversation, sources);
    const partners = domainsOf(conversation).filter((domain) => domain !== sources.domain);
    for (const one of looked) {
      if (!parties.some((party) => one.reach.covers(party))) continue;
      one.conversations += 1;
      for (const partner of partners) one.partners.add(partner);
    }
  }
}

/** A conversation with each of its members as who writes. */
function partiesOf(
  conversation: Conversation,
  { domain, rolesOf, levelOf }: PlannerOptions['sources'],
): Party[] {
  const everybody = conversation.members.map((address) => ({
    ...{ address, domain: domainOf(address), roles: rolesOf(address) },
  }));
  const levels = domainsOf(conversation).map((other) => (other === domain ? 'own' : levelOf(other)));
  const leastLevel = levels.reduce<Level>(
    (least, level) => (LEVELS.indexOf(level) > LEVELS.indexOf(least) ? level : least),
    'own',
  );
  return everybody.map((sender) => ({
    direction: sender.domain === domain ? 'out' : 'in',
    ...{ ownDomain: domain, sender, leastLevel, conversation: conversation.type },
    receivers: everybody.filter((one) => one !== sender),
  }));
}

function concernOf(
  { rule, change, members, partners, conversations }: Looked,
  everybody: number,
): ToldConcern {
  const concern = {
    ...change,
    ...{ outcome: rule.then, on: rule.on, conversations },
    members: severalOf(members),
    partners: severalOf([...partners].sort()),
  };
  return { ...concern, text: sentenceOf(concern, rule, everybody) };
}

function severalOf(names: readonly string[]): Several {
  return { count: names.length, first: names.slice(0, MAX_NAMED) };
}
