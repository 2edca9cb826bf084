/** The operations of the contract about the policy. */
import { ChanceryError, refuse, valueOf, type Result } from '../../protocol/errors/index.ts';
import { parseAddress } from '../../protocol/names/index.ts';
import { differenceOf, type PolicyDifference, type PolicyDocument } from '../../protocol/policy/index.ts';
import type { ArchiveNode } from '../composition/index.ts';
import {
  parsePolicyFile,
  planOf,
  type PastPolicy,
  type PolicyFile,
  type Simulated,
} from '../policy/index.ts';
import type { OperationOutput, Operations } from './contract.ts';
import type { POLICY_OPERATIONS } from './policy-contract.ts';
import { hex, time } from './present.ts';

type PolicyOperations = Pick<Operations, keyof typeof POLICY_OPERATIONS>;

/** Who acts over the admin socket without a name. */
const OPERATOR = 'operator';

export function policyOperations(node: ArchiveNode): PolicyOperations {
  const { policing, members } = node.organisation;
  const { desk, policies, planning, simulator } = policing;
  const checked = (text: string, name: string): PolicyFile => valueOf(desk.check(text, name));
  return {
    'policy.diff': async ({ before, after, text, name }) => {
      if (after !== undefined && text !== undefined)
        throw new ChanceryError('request.invalid', 'a policy is compared with a number or with a file');
      const newer = text === undefined ? await documentOf(node, after) : checked(text, name).policy.document;
      const older =
        before === undefined ? (policies.current?.document ?? null) : await documentOf(node, before);
      return shownDifference(differenceOf(older, newer));
    },
    'policy.plan': async ({ text, name }) => {
      const file = checked(text, name);
      const replaces = policies.number;
      // one that cannot be read is as good as none: all of the new one is told
      const isReadable = policies.reading.hash !== null;
      const before = (isReadable ? policies.current?.document : undefined) ?? null;
      const plan = await planOf(before, file.policy.document, planning);
      return {
        ...{ replaces, takesTwo: desk.takesTwo(file), difference: shownDifference(plan.difference) },
        concerns: plan.concerns.map(({ members: meant, partners, ...rest }) => ({
          ...rest,
          ...{ fields: [...rest.fields], through: [...rest.through] },
          members: { ...meant, first: [...meant.first] },
          partners: { ...partners, first: [...partners.first] },
        })),
        warnings: [
          ...(isReadable
            ? []
            : [`policy ${replaces}, which is in force, cannot be read here: nothing is compared with it`]),
          ...file.warnings.map((warning) => `${name}:${warning.line}:${warning.column} ${warning.text}`),
          ...plan.unversioned.map(
            (lexicon) => `lexicon ${lexicon} has other words under the same version; raise it`,
          ),
        ],
      };
    },
    'policy.simulate': async ({ run, text, name, days, purpose, actor }) => {
      const going =
        run ?? (await simulator.begin({ policy: checked(text, name).policy, text, days, purpose, actor }));
      const { outcome, ...progress } = await simulator.step(going);
      return {
        run: outcome === null ? going : null,
        ...progress,
        outcome: outcome === null ? null : shownOutcome(outcome),
      };
    },
    'policy.apply': async ({ text, name, actor, reason, replaces }) => {
      const by = actor === OPERATOR ? OPERATOR : valueOf(parseAddress(actor)).text;
      if (by !== OPERATOR) valueOf(members.active(by));
      if (policies.record?.text === text)
        throw new ChanceryError(
          'request.invalid',
          `policy ${policies.number}, which is in force, says this already`,
        );
      const bringing = { actor: by, reason, ...(replaces === undefined ? {} : { replaces }) };
      const number = valueOf(await desk.apply(text, name, bringing));
      return shownPolicy(valueOf(await desk.numbered(number)));
    },
    'policy.history': async ({ limit, before }) => {
      const found = await desk.history(before ?? null, limit);
      const next = found.length < limit ? null : (found.at(-1)?.sequence ?? null);
      return { policies: found.map(shownPolicy), next };
    },
    'policy.show': async ({ number }) => {
      const found = valueOf(await numberedOrNewest(node, number));
      return { ...shownPolicy(found), text: found.text };
    },
  };
}

/** Refuses with `policy.unknown`. */
async function numberedOrNewest(
  { organisation }: ArchiveNode,
  number: number | undefined,
): Promise<Result<PastPolicy>> {
  const { desk, policies } = organisation.policing;
  if (number === undefined && policies.number === 0)
    return refuse('policy.unknown', 'no policy is in force; bring one with chancery policy apply');
  return desk.numbered(number ?? policies.number);
}

/** Throws `policy.unknown`. */
async function documentOf(node: ArchiveNode, number: number | undefined): Promise<PolicyDocument> {
  const found = valueOf(await numberedOrNewest(node, number));
  return valueOf(parsePolicyFile(found.text, `policy ${found.number}`));
}

function shownPolicy({
  number,
  sequence,
  time: at,
  actor,
  reason,
  act,
}: PastPolicy): OperationOutput<'policy.apply'> {
  return { number, sequence, time: time(at), actor, reason, act: act === undefined ? null : hex(act) };
}

function shownDifference({ settings, named, rules }: PolicyDifference): OperationOutput<'policy.diff'> {
  return {
    settings: settings.map((setting) => ({ ...setting })),
    named: named.map(({ added, removed, versions, ...rest }) => ({
      ...rest,
      ...{ added: [...added], removed: [...removed] },
      versions: versions === null ? null : [versions[0], versions[1]],
    })),
    rules: rules.map(({ fields, through, ...rest }) => ({
      ...rest,
      ...{ fields: fields.map((field) => ({ ...field })), through: [...through] },
    })),
  };
}

type ShownOutcome = NonNullable<OperationOutput<'policy.simulate'>['outcome']>;

function shownOutcome({ verdicts, rules, first, ...counts }: Simulated): ShownOutcome {
  return {
    ...counts,
    verdicts: verdicts.map((verdict) => ({ ...verdict })),
    rules: rules.map((rule) => ({ ...rule })),
    first: first.map((one) => ({ ...one, rules: [...one.rules] })),
  };
}
