/** A search, as an operator is answered. */
import type { OperationOutput, Operations } from '../../node/operations/contract.ts';

type Found = OperationOutput<'archive.search'>;

/** Answers every search with one message, or that there are three. */
export function fakeSearch({
  sequence,
  time,
  message,
}: OperationOutput<'archive.show'>['entry']): Operations['archive.search'] {
  const found: Found['found'] = [{ sequence, time, direction: 'out', message, people: ['alice@acme.test'] }];
  return ({ count }) =>
    Promise.resolve(count ? { found: [], count: 3, next: null } : { found, count: null, next: sequence });
}
