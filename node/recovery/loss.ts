/**
 * What our log lost, as the partners show it: how far it had come by checkpoints that we had signed, and the messages
 * that each of them still holds. Guarantees: a size is believed only under our own signature, a message only under that of
 * the device that wrote it; a partner that does not answer is said so.
 */
import { logOrigin, openCheckpoint } from '../../protocol/checkpoint/index.ts';
import { ChanceryError, type Code } from '../../protocol/errors/index.ts';
import { askHeld, type AskHeldOptions, type HeldMessage } from '../federation/index.ts';
import { knownCheckpoints, withSession, type OpenWitness } from '../witness/index.ts';

export interface PartnerHolds {
  readonly domain: string;
  /** The largest checkpoint of ours that it knows, and its size; null where it knows none. */
  readonly known: { readonly size: number; readonly note: string } | null;
  /** By their position in our log. */
  readonly messages: readonly HeldMessage[];
  /** Why it could not be asked; null where it answered. */
  readonly fault: { readonly code: Code; readonly message: string } | null;
}

export interface Loss {
  /** How many entries were left, and how many there had been as far as anybody can show. */
  readonly size: number;
  readonly until: number;
  readonly partners: readonly PartnerHolds[];
}

export interface FindLossOptions extends AskHeldOptions {
  readonly partners: readonly string[];
  /** How many entries our log has, or had when it went on without the rest. */
  readonly size: number;
  readonly openWitness: OpenWitness;
  /** Our statement key: raw Ed25519. */
  readonly publicKey: Uint8Array;
}

/** Asks every partner. Never throws for one of them. */
export async function findLoss(options: FindLossOptions): Promise<Loss> {
  const partners = await Promise.all(options.partners.map((partner) => ask(options, partner)));
  const ends = partners.flatMap(({ known, messages }) => [
    known?.size ?? 0,
    ...messages.map(({ position }) => position + 1),
  ]);
  return { size: options.size, until: ends.reduce((a, b) => Math.max(a, b), options.size), partners };
}

async function ask(options: FindLossOptions, domain: string): Promise<PartnerHolds> {
  try {
    const known = await askKnown(options, domain);
    return { domain, known, messages: await askHeld(options, domain, options.size), fault: null };
  } catch (error) {
    const { code, message } =
      error instanceof ChanceryError ? error : { code: 'internal' as const, message: String(error) };
    return { domain, known: null, messages: [], fault: { code, message } };
  }
}

async function askKnown(
  { openWitness, domain: own, publicKey, suite }: FindLossOptions,
  partner: string,
): Promise<PartnerHolds['known']> {
  return withSession(openWitness, partner, async (session) => {
    let largest: PartnerHolds['known'] = null;
    for await (const note of knownCheckpoints(session.ask, own, suite)) {
      const opened = openCheckpoint(note, logOrigin(own), publicKey, suite);
      if (opened.ok && opened.value.size > (largest?.size ?? 0))
        largest = { size: opened.value.size, note: opened.value.note };
    }
    return largest;
  });
}
