/** `policy.yaml`: read, and told what is wrong with it, by line and column. */
import { z } from 'zod';
import { accept, type Result } from '../../protocol/errors/index.ts';
import { MAX_POLICY_BYTES, policyShape, type PolicyDocument } from '../../protocol/policy/index.ts';
import { explain, readYaml, type FileKind } from '../yaml/index.ts';

const KIND: FileKind = {
  code: 'policy.invalid',
  whole: 'the policy',
  beginning: '"version: 1" and "rules:"',
  maxBytes: MAX_POLICY_BYTES,
  schema: policyShape,
};

/** @param name how messages call the text: the path of its file. Refuses with `policy.invalid`. */
export function parsePolicyFile(text: string, name: string): Result<PolicyDocument> {
  const file = readYaml(text, name, KIND);
  if (!file.ok) return file;
  const parsed = policyShape.safeParse(file.value.content, { reportInput: true });
  return parsed.success ? accept(parsed.data) : explain(parsed.error.issues, file.value);
}

/** The text of `policy.schema.json`, for editors. */
export function policyJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(policyShape, { io: 'input' }), null, 2)}\n`;
}
