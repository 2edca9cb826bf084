/** A policy's text with a rule on that was off: all else in it, comments too, stays as people wrote it. */
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';

/** Refuses with `request.invalid` where there is no such rule, or it is on. */
export function withRuleOn(text: string, id: string): Result<string> {
  const document = parseDocument(text);
  const rules = document.get('rules');
  const rule = isSeq(rules) ? rules.items.find((one) => isMap(one) && one.get('id') === id) : undefined;
  if (!isMap(rule)) return refuse('request.invalid', `the policy in force has no rule ${id}`);
  const on = rule.get('on', true);
  if (on === undefined || (isScalar(on) && on.value !== false))
    return refuse('request.invalid', `rule ${id} is on already`);
  if (!isScalar(on) || on.range === undefined || on.range === null)
    return refuse(
      'request.invalid',
      `where rule ${id} is off is written as an alias; write on: true in its file, from chancery policy show --to .`,
    );
  const [start, end] = on.range;
  return accept(`${text.slice(0, start)}true${text.slice(end)}`);
}
