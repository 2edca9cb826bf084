/** A device that signed messages of an export, a line of JSON: its certificates, and how its organisation was known. */
import { z } from 'zod';
import { milliseconds } from '../encoding/index.ts';
import type { Result } from '../errors/index.ts';
import { LEVELS } from '../wire/index.ts';
import { base64, toBase64 } from './base64.ts';
import { parseExact } from './json.ts';

const shape = z.strictObject({
  address: z.string(),
  rootId: z.string(),
  /** How the root was verified, and since when, by the word of the organisation that exports. */
  level: z.enum(LEVELS),
  since: milliseconds,
  /** Device, issuer and root (DER). */
  chain: z.array(base64(2_048)).length(3),
});

export type ExportedSigner = z.infer<typeof shape>;

/** A line, without its newline. */
export function formatSigner({ address, rootId, level, since, chain }: ExportedSigner): string {
  return JSON.stringify({ address, rootId, level, since, chain: chain.map(toBase64) });
}

/** Refuses with `export.damaged`. */
export function parseSigner(line: string): Result<ExportedSigner> {
  return parseExact(line, shape, formatSigner);
}
