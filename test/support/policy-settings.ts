/** The settings that a policy can have, told from its schema, and those that a policy has: under the same names. */
import { z } from 'zod';
import { policyShape } from '../../protocol/policy/index.ts';

/** As much of JSON Schema as is made of the policy's. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
}

/**
 * Each setting by its path, as `when.sample`; each value of those that have a few, as `when.direction=out`; a group of settings
 * by itself where all in it can be left out, as `when.link`.
 */
export function settingsOfSchema(): readonly string[] {
  return settingsOf(z.toJSONSchema(policyShape, { io: 'input' }) as Schema, '');
}

function settingsOf(schema: Schema, path: string): string[] {
  const { type, items, properties, additionalProperties: named, required = [] } = schema;
  if (schema.enum !== undefined) return schema.enum.map((value) => `${path}=${value}`);
  if (type === 'boolean') return [`${path}=true`, `${path}=false`];
  if (items !== undefined) return settingsOf(items, path);
  if (properties !== undefined)
    return [
      ...(required.length === 0 ? [path] : []),
      ...Object.entries(properties).flatMap(([key, inner]) => settingsOf(inner, below(path, key))),
    ];
  return typeof named === 'object' ? settingsOf(named, below(path, '*')) : [path];
}

/** Of a document, or of a part of it that is at a path. */
export function settingsIn(value: unknown, path = ''): ReadonlySet<string> {
  const found = new Set<string>([path, `${path}=${String(value)}`]);
  const collect = (inner: unknown, at: string): void => {
    for (const one of settingsIn(inner, at)) found.add(one);
  };
  if (Array.isArray(value)) for (const one of value) collect(one, path);
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value))
      for (const name of [key, '*']) collect(inner, below(path, name));
  return found;
}

/** The path of a setting within another; rules are what is tested, and named by what is in them. */
function below(path: string, key: string): string {
  return path === '' || path === 'rules' ? key : `${path}.${key}`;
}
