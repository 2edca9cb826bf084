/** Published test vectors, kept beside the project. A checkout on its own says so instead of passing silently. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../../../shared/vectors/', import.meta.url);

/** What JSON.parse tells a reviver beside the value, which TypeScript does not know yet. */
type Reviver = (key: string, value: unknown, context: { readonly source: string }) => unknown;

/** Integers that a number cannot hold exactly become bigints. */
const exactIntegers: Reviver = (_key, value, { source }) =>
  Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(source) : value;

/** Parses a vector file; throws, naming what is missing, when it is not there. */
export function readVectors(path: string): unknown {
  const file = fileURLToPath(new URL(path, FOLDER));
  if (!existsSync(file))
    throw new Error(`the test vectors ${path} are not beside this checkout; get them and run again`);
  return JSON.parse(readFileSync(file, 'utf8'), exactIntegers as (key: string, value: unknown) => unknown);
}
