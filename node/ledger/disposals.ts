/**
 * Disposal certificates as views: which entries are gone, which certificates still wait for what they name to be taken away,
 * and which entries came here without their content and wait for their certificate.
 */
import { numberValue } from '../archive/index.ts';
import { del, PRESENT, put } from './fact.ts';
import { decodeSequence, encodeSequence } from './view-key.ts';
import type { Ledger } from './ledger.ts';
import type { View } from './view.ts';

/** Of messages the id stays known, so that one which comes again is not taken for new, and the partner it came from. */
export const disposalView: View<'disposal'> = ({ said, sequence }, { keys }) => [
  ...said.disposed.flatMap((one) => [
    put(keys.disposed(one.sequence), numberValue(sequence)),
    del(keys.awaited(one.sequence)),
    ...(one.from === null ? [] : [put(keys.exchange(one.from, one.sequence), PRESENT)]),
    ...(one.id === null ? [] : [put(keys.message(one.id), encodeSequence(one.sequence))]),
  ]),
  put(keys.pendingEffect(sequence), PRESENT),
  put(keys.certificate(sequence), PRESENT),
];

/** Entries whose effect beyond the views is still to be had, oldest first: certificates, holds and their releases. */
export async function pendingEffects(ledger: Ledger): Promise<number[]> {
  const sequences: number[] = [];
  for await (const [key] of ledger.iterate(ledger.keys.within('effect', 'pending')))
    sequences.push(decodeSequence(key));
  return sequences.filter((sequence) => sequence < ledger.log.size);
}

/** The first entry that came without its content, and for which no certificate has come yet; undefined for none. */
export async function firstAwaited(ledger: Ledger): Promise<number | undefined> {
  const range = { ...ledger.keys.within('effect', 'awaited'), limit: 1 };
  for await (const [key] of ledger.iterate(range)) return decodeSequence(key);
  return undefined;
}

/** Certificates below an entry, newest first. */
export async function certificates(ledger: Ledger, before: number, limit: number): Promise<number[]> {
  const { keys } = ledger;
  const { gte } = keys.within('effect', 'certificate');
  const found: number[] = [];
  for await (const [key] of ledger.iterate({ gte, lt: keys.certificate(before), reverse: true, limit }))
    found.push(decodeSequence(key));
  return found;
}
