/**
 * A policy ready to decide: the document compiled once, asked for every message. Guarantees: a document that compiles never
 * fails later; a decision is a function of the document and of what is known of the message, and of nothing else.
 */
import type { Sha256 } from '../crypto/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { compileCondition, type Condition } from './condition.ts';
import {
  ALLOWED,
  decisionOf,
  MAX_FINDINGS,
  type Control,
  type Decision,
  type Finding,
  type Reason,
} from './decision.ts';
import type { PolicyDocument, Rule, When } from './document.ts';
import { compileContains, Findings, lookInto, type Sought } from './findings.ts';
import { drawFor } from './sampling.ts';
import type { FoundInFile, PlacedText, Talk } from './talk.ts';

export interface Policy {
  readonly document: PolicyDocument;
  readonly decide: (talk: Talk) => Decision;
  /** Finds all that its rules look for in the texts of a file, which `decide` then need not do. Takes long in a long text. */
  readonly lookInto: (texts: readonly PlacedText[]) => FoundInFile;
}

interface CompiledRule {
  readonly rule: Rule;
  readonly control: Control;
  readonly when: Condition;
  readonly unless: Condition | null;
}

/** Refuses with `policy.invalid`, naming the rule. */
export function compilePolicy(document: PolicyDocument, sha256: Sha256): Result<Policy> {
  const rules: CompiledRule[] = [];
  const ids = new Set<string>();
  for (const rule of document.rules) {
    if (ids.has(rule.id))
      return refuse('policy.invalid', `there are two rules ${rule.id}; give one another id`, {
        rule: rule.id,
      });
    ids.add(rule.id);
    const compiled = compileRule(rule, document, sha256);
    if (!compiled.ok)
      return refuse('policy.invalid', `rule ${rule.id}: ${compiled.refusal.message}`, { rule: rule.id });
    if (rule.on) rules.push(compiled.value);
  }
  let all: readonly Sought[] | undefined;
  return accept({
    document,
    decide: (talk) => decide(rules, talk, document),
    lookInto: (texts) => lookInto(texts, (all ??= soughtBy(document))),
  });
}

/** What the rules look for, each thing once. */
function soughtBy(document: PolicyDocument): Sought[] {
  const all = new Map<string, Sought>();
  const conditions = document.rules
    .filter(({ on }) => on)
    .flatMap(({ when, unless }) => [when, ...(unless === undefined ? [] : [unless])]);
  for (const one of conditions.flatMap(({ contains }) => contains ?? [])) {
    const compiled = compileContains(one, document);
    if (compiled.ok) all.set(compiled.value.type, compiled.value);
  }
  return [...all.values()];
}

function compileRule(rule: Rule, document: PolicyDocument, sha256: Sha256): Result<CompiledRule> {
  const fault = faultIn(rule, document);
  if (fault !== undefined) return refuse('policy.invalid', fault);
  const draw = drawFor(rule.id, document.seed ?? '', sha256);
  const when = compileCondition(rule.when, document, draw);
  if (!when.ok) return when;
  const unless = rule.unless === undefined ? accept(null) : compileCondition(rule.unless, document, draw);
  if (!unless.ok) return unless;
  return accept({ rule, control: controlOf(rule.when), when: when.value, unless: unless.value });
}

/** What the shapes of the parts do not tell. */
function faultIn({ when, unless, then, accept: by }: Rule, document: PolicyDocument): string | undefined {
  const conditions = unless === undefined ? [when] : [when, unless];
  if (Object.keys(when).length === 0)
    return 'when is empty, so it is about every message; say direction: out or in at least';
  if (by !== undefined && when.firstContact !== true)
    return 'accept says who lets in a first contact, and the rule is about none; add firstContact: true';
  if (then === 'redact' && when.contains === undefined)
    return 'redact takes out what contains finds, and there is none';
  for (const { contains, sample } of conditions) {
    if (sample !== undefined && document.seed === undefined)
      return 'a sample is drawn by seed, and there is none';
    for (const { detector, lexicon, pattern, kinds } of contains ?? []) {
      const given = [detector, lexicon, pattern].filter((one) => one !== undefined);
      if (given.length !== 1) return 'each item of contains names one detector, lexicon or pattern';
      if (kinds !== undefined && detector === undefined) return 'kinds are those of a detector';
      if (lexicon !== undefined && !Object.hasOwn(document.lexicons, lexicon))
        return `there is no lexicon ${lexicon}; add it under lexicons, or mend its spelling`;
      if (pattern !== undefined && !Object.hasOwn(document.patterns, pattern))
        return `there is no pattern ${pattern}; add it under patterns, or mend its spelling`;
    }
  }
  return undefined;
}

/** Which enforcement point a rule works through: what is rarest of its condition. */
function controlOf(when: When): Control {
  if (when.contains !== undefined) return 'content';
  if (when.attachment !== undefined) return 'attachment';
  if (when.link !== undefined) return 'link';
  if (when.imitates !== undefined) return 'impersonation';
  if (when.between !== undefined) return 'barrier';
  if (when.firstContact === true) return 'contact';
  if (when.levelBelow !== undefined) return 'identity';
  if (when.outside !== undefined) return 'hours';
  return when.sample === undefined ? 'people' : 'sampling';
}

function decide(rules: readonly CompiledRule[], talk: Talk, document: PolicyDocument): Decision {
  const findings = new Findings(talk, document);
  const reasons: Reason[] = [];
  const redactions: Finding[] = [];
  for (const { rule, control, when, unless } of rules) {
    const met = when(talk, findings);
    if (met === undefined || unless?.(talk, findings) !== undefined) continue;
    const { id, then, text, reason } = rule;
    const found = met.reduce((sum, { length }) => sum + length, 0);
    const named = met.flatMap((each) => each.slice(0, MAX_FINDINGS)).slice(0, MAX_FINDINGS);
    // nothing can be taken out of a file or a title, nor more than is kept on record: then it does not go
    const canTakeOut = found === named.length && named.every(({ place }) => place === 'text');
    const outcome = then === 'redact' && !canTakeOut ? 'block' : then;
    if (outcome === 'redact') redactions.push(...named);
    reasons.push({
      ...{ rule: id, control, outcome, text: text ?? reason },
      ...{ findings: named, found },
    });
  }
  return reasons.length === 0 ? ALLOWED : decisionOf(reasons, apart(redactions));
}

/** In order, those that touch or overlap made one. */
function apart(findings: readonly Finding[]): Finding[] {
  const joined: Finding[] = [];
  for (const finding of findings.toSorted((one, other) => one.start - other.start)) {
    const last = joined.at(-1);
    if (last === undefined || finding.start > last.end) joined.push(finding);
    else joined[joined.length - 1] = { ...last, end: Math.max(last.end, finding.end) };
  }
  return joined;
}
