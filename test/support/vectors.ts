/** Published test vectors, kept beside the project. A checkout on its own says so instead of passing silently. */
import { existsSync, readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { notRun } from './requirements.ts';

const FOLDER = new URL('../../../shared/vectors/', import.meta.url);

/** What JSON.parse tells a reviver beside the value, which TypeScript does not know yet. */
type Reviver = (key: string, value: unknown, context: { readonly source: string }) => unknown;

/** Integers that a number cannot hold exactly become bigints. */
const exactIntegers: Reviver = (_key, value, { source }) =>
  Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(source) : value;

/** Parses a vector file; where it is not there the test has been marked as not run, and must return at once. */
export function readVectors(t: TestContext, path: string): unknown {
  const file = fileURLToPath(new URL(path, FOLDER));
  if (existsSync(file))
    return JSON.parse(readFileSync(file, 'utf8'), exactIntegers as (key: string, value: unknown) => unknown);
  notRun(t, `needs the test vectors ${path} beside this checkout`);
  return undefined;
}
