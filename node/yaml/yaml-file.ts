/**
 * A file in YAML that people write: read, and its faults told with line, column and what would be right. Guarantees: whatever
 * the text is, the answer is its content or one refusal; it never throws.
 */
import { isMap, isPair, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { accept, refuse, type Code, type Result } from '../../protocol/errors/index.ts';
import { exampleAt } from './example.ts';

/** Aliases resolved at most: a file of people needs few, a billion laughs needs many. */
const MAX_ALIASES = 100;

/** What a file is, for those who are told of its faults. */
export interface FileKind {
  /** With which code one that is not valid is refused. */
  readonly code: Code;
  /** The whole of it, in a sentence: `the configuration`. */
  readonly whole: string;
  /** How one begins, for who has an empty one. */
  readonly beginning: string;
  readonly maxBytes: number;
  readonly schema: z.core.$ZodType;
}

export interface YamlFile {
  /** How messages call it: its path. */
  readonly name: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly document: Document;
  readonly lines: LineCounter;
  readonly kind: FileKind;
}

/** Refuses with the code of the kind. */
export function readYaml(text: string, name: string, kind: FileKind): Result<YamlFile> {
  const { code, maxBytes, whole, beginning } = kind;
  if (text.length > maxBytes)
    return refuse(code, `${name} is larger than ${maxBytes} bytes; it cannot be ${whole}`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    return refuse(code, `${name}:${line}:${col} is not YAML: ${sentence(error.message)}`, {
      ...{ file: name, line, column: col },
    });
  }
  const content = toObject(document);
  return content === undefined
    ? refuse(code, `${name} holds no settings; it starts with ${beginning}`, { file: name })
    : accept({ name, content, document, lines, kind });
}

/** Tells the first fault whole, and how many more there are. */
export function explain(issues: readonly z.core.$ZodIssue[], file: YamlFile): Result<never> {
  const { kind, name, lines, document } = file;
  const [issue] = issues;
  if (issue === undefined) return refuse(kind.code, `${name} is not valid`);
  const path = pathOf(issue);
  const key = path.join('.');
  const { line, col } = lines.linePos(offsetOf(document, path));
  const what = `${key === '' ? kind.whole : key} ${complaint(issue)}${hintAt(path, kind)}${more(issues)}`;
  return refuse(kind.code, `${name}:${line}:${col} ${what}`, { file: name, line, column: col, path: key });
}

/** Where a fault lies: at an unknown key itself. */
export function pathOf(issue: z.core.$ZodIssue): readonly PropertyKey[] {
  const unknown = issue.code === 'unrecognized_keys' ? (issue.keys[0] ?? '') : undefined;
  return unknown === undefined ? issue.path : [...issue.path, unknown];
}

/** What would do there, after a semicolon; empty where nobody said. */
function hintAt(path: readonly PropertyKey[], { schema }: FileKind): string {
  const example = exampleAt(schema, path);
  return example === undefined ? '' : `; for example ${example}`;
}

/** How many faults there are beside the first. */
export function more(issues: readonly unknown[]): string {
  return issues.length === 1 ? '' : ` (and ${issues.length - 1} more)`;
}

export function complaint(issue: z.core.$ZodIssue): string {
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
    if (isNode(node)) return node.range[0];
  }
  return 0;
}

function isNode(node: unknown): node is { readonly range: readonly [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

function toObject(document: Document): Record<string, unknown> | undefined {
  try {
    const content: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return isRecord(content) ? content : undefined;
  } catch {
    return undefined; // more aliases than anybody needs
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sentence(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\s+/g, ' ');
}
