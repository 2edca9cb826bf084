/**
 * From YAML to a checked configuration. Guarantees: whatever the text is, the answer is a configuration that the
 * schema accepts or one refusal that says where, what is wrong and what would be right; it never throws.
 */
import type { z } from 'zod';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { complaint, explain, more, pathOf, readYaml, type FileKind, type YamlFile } from '../yaml/index.ts';
import { OVERRIDES, overlay, variableAt, type Environment } from './environment.ts';
import { MAX_CONFIG_BYTES } from './limits.ts';
import { configSchema, type Config } from './schema.ts';

const KIND: FileKind = {
  code: 'config.invalid',
  whole: 'the configuration',
  beginning: '"version: 1" and "domain: acme.example"',
  maxBytes: MAX_CONFIG_BYTES,
  schema: configSchema,
};

/** @param name how messages call the text: the path of its file. Refuses with `config.invalid`. */
export function parseConfig(text: string, name: string, env: Environment): Result<Config> {
  const file = readYaml(text, name, KIND);
  if (!file.ok) return file;
  const parsed = configSchema.safeParse(overlay(file.value.content, env), { reportInput: true });
  return parsed.success ? accept(parsed.data) : tell(parsed.error.issues, file.value, env);
}

/** A fault of a variable is told by its name, every other by its place in the file. */
function tell(issues: readonly z.core.$ZodIssue[], file: YamlFile, env: Environment): Result<never> {
  const [issue] = issues;
  const path = issue === undefined ? [] : pathOf(issue);
  const variable = variableAt(path, env);
  if (issue === undefined || variable === undefined) return explain(issues, file);
  const key = path.join('.');
  const example = OVERRIDES[variable]?.example;
  const hint = example === undefined ? '' : `; for example ${example}`;
  return refuse('config.invalid', `${variable} (${key}) ${complaint(issue)}${hint}${more(issues)}`, {
    ...{ variable, path: key },
  });
}
