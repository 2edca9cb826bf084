/** Names for bytes: what they stand under in a map, which compares byte arrays by identity. */

/** One character a byte: the cheapest text with the same meaning. */
export function byteName(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
