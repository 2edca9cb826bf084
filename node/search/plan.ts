/**
 * What a query asks of the index: tokens that an entry has, sets of which it has not all, and between which entries it is;
 * and whether it is held, which no token says.
 */
import type { Query } from '../../protocol/search/index.ts';
import { ANY_MESSAGE, FACTS, tellTokens } from '../ledger/index.ts';
import type { SearchTokens } from '../sealing/index.ts';

export interface Plan {
  readonly all: readonly number[];
  readonly none: readonly (readonly number[])[];
  /** Whether it is to be under a hold, or not to be; nothing is both. */
  readonly held: readonly boolean[];
  /** Sequence numbers from (inclusive) and below (exclusive). */
  readonly from: number;
  readonly below: number;
}

type Condition = Query['conditions'][number];

/** @param conversations the whole ids, in hex, that the beginnings in the query stand for */
export function planOf(
  query: Query,
  tokens: SearchTokens,
  conversations: ReadonlyMap<string, string>,
  { from, below }: Pick<Plan, 'from' | 'below'>,
): Plan {
  const asked = query.conditions.map((condition) => ({
    not: condition.not,
    isHeld: condition.what === 'mark' && condition.mark === 'held',
    tokens: tokensOf(condition, tokens, conversations),
  }));
  const all = asked.filter(({ not }) => !not).flatMap((one) => one.tokens);
  return {
    all: all.length > 0 ? [...new Set(all)] : [tokens.of(ANY_MESSAGE)],
    none: asked.filter(({ not, isHeld }) => not && !isHeld).map((one) => one.tokens),
    held: asked.filter(({ isHeld }) => isHeld).map(({ not }) => !not),
    from,
    below,
  };
}

/** Of words the pairs before the words: they are rarer. */
function tokensOf(
  condition: Condition,
  tokens: SearchTokens,
  conversations: ReadonlyMap<string, string>,
): number[] {
  switch (condition.what) {
    case 'words': {
      const found: number[] = [];
      tellTokens(tokens, condition.words, (token) => found.unshift(token));
      return found;
    }
    case 'from':
    case 'with':
      return [tokens.of(FACTS[condition.what](condition.name))];
    case 'conversation':
      return [tokens.of(FACTS.conversation(conversations.get(condition.id) ?? condition.id))];
    case 'direction':
      return [tokens.of(FACTS.direction(condition.direction))];
    case 'mark':
      return condition.mark === 'held' ? [] : [tokens.of(FACTS.mark(condition.mark))];
  }
}
