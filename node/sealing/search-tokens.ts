/**
 * The tokens that messages are found by: 40 bits that stand for a word, for two words one after the other, or for a fact
 * such as who wrote. Guarantees: without a key derived from the archive's own nobody can tell what one stands for.
 */
import { createSecretKey } from 'node:crypto';
import { deriveSecret } from './block-keys.ts';
import { sipHash40, sipKey, type SipKey } from './sip-hash.ts';

/** Of 10,000 searches for one rare word in a million messages of 60 tokens one finds a message that has not got it. */
const TOKEN_BITS = 40;
export const TOKEN_BYTES: number = TOKEN_BITS / 8;

const LOW = 2 ** 32;

/** The bit that makes a small letter of a capital; digits have it set. */
const ASCII_SMALL = 0x20;

export class SearchTokens {
  readonly #key: SipKey;

  /** @param archiveKey 32 bytes; the caller's to zero */
  constructor(archiveKey: Uint8Array) {
    const secret = deriveSecret(createSecretKey(archiveKey), 'search');
    this.#key = sipKey(secret);
    secret.fill(0);
  }

  /**
   * The token of a text, below 2^40. Words and facts differ: a fact has a colon. SipHash and no HMAC, since every word of
   * every message is hashed: an HMAC for each would take as long as all the rest of an append.
   */
  of(text: string): number {
    return sipHash40(this.#key, text);
  }

  /** The token of a word of an ASCII text, where it stands there, whatever its capitals: that of the word as it is folded. */
  ofAscii(text: string, from: number, to: number): number {
    return sipHash40(this.#key, text, from, to, ASCII_SMALL);
  }

  /** The token of two words, by theirs, one after the other. Both are secret already, so they only have to be mixed well. */
  ofPair(first: number, second: number): number {
    const [firstLow, secondLow] = [first | 0, second | 0];
    const high = (Math.floor(first / LOW) << 8) | Math.floor(second / LOW);
    const low = mix((Math.imul(firstLow, 0x9e3779b1) + secondLow) ^ high);
    return (mix((Math.imul(secondLow, 0x85ebca77) + firstLow) ^ low) & 0xff) * LOW + (low >>> 0);
  }
}

/** The finaliser of MurmurHash3, over 32 bits. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
