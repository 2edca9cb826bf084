/**
 * From YAML to a checked configuration. Guarantees: whatever the text is, the answer is a configuration that the
 * schema accepts or one refusal that says where, what is wrong and what would be right; it never throws.
 */
import { isMap, isPair, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { isRecord, OVERRIDES, overlay, variableAt, type Environment } from './environment.ts';
import { exampleAt } from './example.ts';
import { MAX_CONFIG_BYTES } from './limits.ts';
import { configSchema, type Config } from './schema.ts';

/** Aliases resolved at most: a configuration needs few, a billion laughs needs many. */
const MAX_ALIASES = 100;

interface Source {
  readonly name: string;
  readonly document: Document;
  readonly lines: LineCounter;
  readonly env: Environment;
}

/** @param name how messages call the text: the path of its file. Refuses with `config.invalid`. */
export function parseConfig(text: string, name: string, env: Environment): Result<Config> {
  if (text.length > MAX_CONFIG_BYTES) {
    return refuse(
      'config.invalid',
      `${name} is larger than ${MAX_CONFIG_BYTES} bytes; it is no configuration`,
    );
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    return refuse('config.invalid', `${name}:${line}:${col} is not YAML: ${sentence(error.message)}`, {
      file: name,
      line,
      column: col,
    });
  }
  const content = toObject(document);
  if (content === undefined) {
    return refuse(
      'config.invalid',
      `${name} holds no settings; it starts with "version: 1" and "domain: acme.example"`,
      { file: name },
    );
  }
  const parsed = configSchema.safeParse(overlay(content, env), { reportInput: true });
  return parsed.success ? accept(parsed.data) : explain(parsed.error.issues, { name, document, lines, env });
}

function toObject(document: Document): Record<string, unknown> | undefined {
  try {
    const content: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return isRecord(content) ? content : undefined;
  } catch {
    return undefined; // more aliases than anybody needs
  }
}

/** Tells the first fault whole, and how many more there are. */
function explain(issues: readonly z.core.$ZodIssue[], source: Source): Result<never> {
  const [issue] = issues;
  if (issue === undefined) return refuse('config.invalid', `${source.name} is not valid`);
  const unknown = issue.code === 'unrecognized_keys' ? (issue.keys[0] ?? '') : undefined;
  const path = unknown === undefined ? issue.path : [...issue.path, unknown];
  const key = path.join('.');
  const variable = variableAt(path, source.env);
  const more = issues.length === 1 ? '' : ` (and ${issues.length - 1} more)`;
  const example = variable === undefined ? exampleAt(configSchema, path) : OVERRIDES[variable]?.example;
  const hint = example === undefined ? '' : `; for example ${example}`;
  if (variable !== undefined) {
    return refuse('config.invalid', `${variable} (${key}) ${complaint(issue)}${hint}${more}`, {
      variable,
      path: key,
    });
  }
  const { line, col } = source.lines.linePos(offsetOf(source.document, path));
  return refuse(
    'config.invalid',
    `${source.name}:${line}:${col} ${key === '' ? 'the configuration' : key} ${complaint(issue)}${hint}${more}`,
    { file: source.name, line, column: col, path: key },
  );
}

function complaint(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'custom':
      return issue.message;
    case 'unrecognized_keys':
      return 'is not a setting; remove it or mend its spelling';
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'is not a usable name';
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `is not of type ${issue.expected}`;
    case 'invalid_value':
      return `is not one of ${issue.values.join(', ')}`;
    case 'too_small':
      return issue.origin === 'array' ? 'is empty' : `is below ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `is above ${issue.maximum}`
        : `is longer than ${issue.maximum}`;
    default:
      return sentence(issue.message);
  }
}

/** Where in the text a path is: the key itself if it is there, else the nearest of its parents. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent: unknown = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const last = path[depth - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === last);
      if (isScalar(pair?.key) && pair.key.range) return pair.key.range[0];
    }
    const node: unknown = document.getIn(path.slice(0, depth), true);
    if (isScalar(node) && node.range) return node.range[0];
  }
  return 0;
}

function sentence(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\s+/g, ' ');
}
