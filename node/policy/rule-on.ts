/** A policy's text with a rule on that was off: all else in it, comments too, stays as people wrote it. */
import { isMap, isSeq, parseDocument } from 'yaml';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';

/** Refuses with `request.invalid` where there is no such rule, or it is on. */
export function withRuleOn(text: string, id: string): Result<string> {
  const document = parseDocument(text);
  const rules = document.get('rules');
  const rule = isSeq(rules) ? rules.items.find((one) => isMap(one) && one.get('id') === id) : undefined;
  if (!isMap(rule)) return refuse('request.invalid', `the policy in force has no rule ${id}`);
  if (rule.get('on') !== false) return refuse('request.invalid', `rule ${id} is on already`);
  rule.set('on', true);
  return accept(document.toString({ lineWidth: 0 }));
}
