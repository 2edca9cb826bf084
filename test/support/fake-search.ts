/** A search, as an operator is answered. */
import type { OperationOutput, Operations } from '../../node/operations/contract.ts';

type Found = OperationOutput<'archive.search'>;

type Entry = OperationOutput<'archive.show'>['entry'];

/** One message, as it is found. */
export function fakeFound({ sequence, time, message }: Entry): Found['found'] {
  return [{ sequence, time, direction: 'out', message, people: ['alice@acme.test'] }];
}

/** Answers every search with one message, or that there are three. */
export function fakeSearch(entry: Entry): Operations['archive.search'] {
  return ({ count }) =>
    Promise.resolve(
      count
        ? { found: [], count: 3, next: null }
        : { found: fakeFound(entry), count: null, next: entry.sequence },
    );
}
