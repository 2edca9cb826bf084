/** `policy.yaml`: read, and told what is wrong with it, by line and column. */
import { isMap, parseDocument } from 'yaml';
import { z } from 'zod';
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { accept, refuse, type Refusal, type Result } from '../../protocol/errors/index.ts';
import {
  compilePolicy,
  MAX_POLICY_BYTES,
  policyShape,
  smellsOf,
  type Policy,
  type PolicyDocument,
} from '../../protocol/policy/index.ts';
import { explain, offsetOf, readYaml, type FileKind, type YamlFile } from '../yaml/index.ts';

const KIND: FileKind = {
  code: 'policy.invalid',
  whole: 'the policy',
  beginning: '"version: 1" and "rules:"',
  maxBytes: MAX_POLICY_BYTES,
  schema: policyShape,
};

/** Something in a file that is allowed and hardly meant. */
export interface Warning {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** A file that can come into force. */
export interface PolicyFile {
  readonly policy: Policy;
  readonly warnings: readonly Warning[];
}

/** @param name how messages call the text: the path of its file. Refuses with `policy.invalid`. */
export function parsePolicyFile(text: string, name: string): Result<PolicyDocument> {
  const read = readDocument(text, name);
  return read.ok ? accept(read.value.document) : read;
}

/** The same, and compiled: one that is accepted can come into force. Refuses with `policy.invalid`. */
export function compilePolicyFile(text: string, name: string, sha256: Sha256): Result<PolicyFile> {
  const read = readDocument(text, name);
  if (!read.ok) return read;
  const { file, document } = read.value;
  const policy = compilePolicy(document, sha256);
  if (!policy.ok) return located(policy.refusal, document, file);
  const warnings = smellsOf(document).map((smell) => ({ ...placeOf(smell.path, file), text: smell.text }));
  return accept({ policy: policy.value, warnings: warnings.sort((one, other) => one.line - other.line) });
}

/** The text of `policy.schema.json`, for editors. */
export function policyJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(policyShape, { io: 'input' }), null, 2)}\n`;
}

/** Whether a text that is no policy to this program may ask for two officers: all do that do not plainly say otherwise. */
export function mayAskForTwo(text: string): boolean {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents)) return true;
  return document.has('fourEyes') && document.get('fourEyes') !== false;
}

function readDocument(
  text: string,
  name: string,
): Result<{ readonly file: YamlFile; readonly document: PolicyDocument }> {
  const file = readYaml(text, name, KIND);
  if (!file.ok) return file;
  const parsed = policyShape.safeParse(file.value.content, { reportInput: true });
  return parsed.success
    ? accept({ file: file.value, document: parsed.data })
    : explain(parsed.error.issues, file.value);
}

/** A fault that compiling found, with the place of its rule: of two under one id the second. */
function located({ code, message, facts }: Refusal, document: PolicyDocument, file: YamlFile): Result<never> {
  const at = document.rules.findLastIndex(({ id }) => id === facts['rule']);
  const { line, column } = placeOf(['rules', Math.max(at, 0), 'id'], file);
  return refuse(code, `${file.name}:${line}:${column} ${message}`, {
    ...facts,
    ...{ file: file.name, line, column },
  });
}

function placeOf(path: readonly PropertyKey[], { document, lines }: YamlFile): Omit<Warning, 'text'> {
  const { line, col } = lines.linePos(offsetOf(document, path));
  return { line, column: col };
}
