/** Gaps, as an operator asks for them, tries controls, and turns a rule on. */
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { platform, type ArchiveNode } from '../composition/index.ts';
import { SEVERITIES } from '../gaps/index.ts';
import { withRuleOn } from '../policy/index.ts';
import type { Operations } from './contract.ts';
import type { GAP_OPERATIONS } from './gap-contract.ts';
import { time } from './present.ts';

/** Who acts over the admin socket. */
const ACTOR = 'operator';

type GapOperations = Pick<Operations, keyof typeof GAP_OPERATIONS>;

export function gapOperations({ gaps, canary, organisation }: ArchiveNode): GapOperations {
  const { policies, desk } = organisation.policing;
  const enabled = (rule: string): string => {
    const { record } = policies;
    if (record === undefined)
      throw new ChanceryError('request.invalid', 'there is no policy in force; there is no rule to turn on');
    return valueOf(withRuleOn(record.text, rule));
  };
  return {
    gaps: async ({ severity }) => {
      const found = await gaps.look();
      const least = SEVERITIES.indexOf(severity);
      return {
        gaps: found
          .filter((gap) => SEVERITIES.indexOf(gap.severity) >= least)
          .map(({ since, affected, ...gap }) => ({
            ...gap,
            affected: [...affected],
            since: since === null ? null : time(since),
          })),
        looked: time(platform.clock()),
      };
    },
    'gaps.canary': async ({ rule }) => {
      const results = await canary.run(rule ?? null, ACTOR);
      return {
        policy: policies.number,
        results: results.map(({ wording: _wording, ...result }) => result),
      };
    },
    'gaps.enable': async ({ rule, reason }) => {
      const policy = valueOf(await desk.apply(enabled(rule), 'the policy', { actor: ACTOR, reason }));
      return { rule, policy };
    },
    'gaps.enabled': ({ rule }) =>
      Promise.resolve({ rule, text: enabled(rule), takesTwo: desk.underFourEyes }),
  };
}
