/** The archive as an operator searches it. Every search is itself an entry, before anything that was found is shown. */
import { fromString } from 'uint8arrays/from-string';
import type { ArchiveNode } from '../composition/index.ts';
import { conversationNamed, Search } from '../search/index.ts';
import { recordLook } from './accesses.ts';
import { showEntry, showHeader, unlessDamaged } from './archive.ts';
import type { OperationOutput, Operations } from './contract.ts';
import { hex, time } from './present.ts';

type Found = OperationOutput<'archive.search'>['found'][number];

export function searchOperations(node: ArchiveNode): Pick<Operations, 'archive.search'> {
  return {
    'archive.search': async (input) => {
      const { query, limit, before, count, text } = input;
      const search = searchOf(node, input);
      const below = before ?? null;
      if (count) {
        return { found: [], count: await search.count({ query, limit: null, below }), next: null };
      }
      const { sequences, more } = await search.find({ query, limit, below });
      const { ledger } = node.organisation;
      const left = sequences.filter((sequence) => !ledger.isDisposed(sequence));
      const found = left.map((sequence) => show(node, sequence, text));
      return { found, count: null, next: more ? (sequences.at(-1) ?? null) : null };
    },
  };
}

type Input = Parameters<Operations['archive.search']>[0];

/** What is shown with its text is recorded as opened. */
function searchOf(node: ArchiveNode, { text, purpose = '', case: name = '' }: Input): Search {
  const { ledger, messages, searchIndex } = node.organisation;
  const action = text ? 'open' : 'find';
  return new Search({
    ledger,
    index: searchIndex,
    conversationId: async (beginning) => hex(await conversationNamed(messages, beginning)),
    recordSearch: ({ query }, entries) =>
      recordLook(node, { action, purpose, case: name, query, entries: [...entries] }),
  });
}

export function show(node: ArchiveNode, sequence: number, withText: boolean): Found {
  const { ledger, messages } = node.organisation;
  return (
    unlessDamaged(() => {
      const header = ledger.messageHeader(sequence);
      const message = withText ? showEntry(node, sequence).message : showHeader(node, sequence);
      if (header === undefined || message === null) return undefined;
      const conversation = messages.conversation(fromString(message.conversation, 'hex'));
      const at = ledger.log.entry(sequence)?.time;
      return {
        sequence,
        time: at === undefined ? null : time(at),
        direction: header.from === null ? 'out' : 'in',
        message,
        people: [...(conversation?.members ?? [])],
      } satisfies Found;
    }) ?? { sequence, time: null, direction: null, message: null, people: [] }
  );
}
