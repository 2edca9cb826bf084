/** A valid value for a place in the configuration, from the `examples` of the schema. */
import { z } from 'zod';

/** The example nearest to the path, on one line, as YAML writes it; `undefined` where the schema gives none. */
export function exampleAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string | undefined {
  let example = examplesOf(schema);
  let at: z.core.$ZodType | undefined = schema;
  for (const key of path) {
    at = child(at, key);
    if (at === undefined) return undefined; // an unknown key has no example
    example = examplesOf(at) ?? example;
  }
  return example;
}

function examplesOf(schema: z.core.$ZodType): string | undefined {
  for (let at: z.core.$ZodType | undefined = schema; at !== undefined; at = wrapped(at)) {
    const examples: unknown = z.globalRegistry.get(at)?.examples;
    const example: unknown = Array.isArray(examples) ? examples[0] : undefined;
    if (example !== undefined) return typeof example === 'string' ? `"${example}"` : JSON.stringify(example);
  }
  return undefined;
}

function child(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType | undefined {
  for (let at: z.core.$ZodType | undefined = schema; at !== undefined; at = wrapped(at)) {
    if (at instanceof z.ZodObject) {
      const shape: Readonly<Record<PropertyKey, z.core.$ZodType | undefined>> = at.shape;
      return Object.hasOwn(shape, key) ? shape[key] : undefined;
    }
    if (at instanceof z.ZodArray) return at.element;
    if (at instanceof z.ZodRecord) return at.valueType;
  }
  return undefined;
}

/** The schema inside one that adds a default or allows nothing. */
function wrapped(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const wraps =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return wraps ? schema.unwrap() : undefined;
}
