/** Acts of oversight, as an operator or officer asks for them. That somebody does is no look at what was said. */
import { ChanceryError } from '../../protocol/errors/index.ts';
import { entriesWithin } from '../archive/index.ts';
import type { ArchiveNode } from '../composition/index.ts';
import { AUDITED_KINDS, Audit } from '../ledger/index.ts';
import type { Operations } from './contract.ts';
import { time } from './present.ts';
import { summarise } from './summary.ts';

/** Entries named of one act. */
const NAMED_MAX = 512;

export function auditOperations({ organisation }: ArchiveNode): Pick<Operations, 'audit'> {
  const { ledger } = organisation;
  const { log } = ledger;
  const audit = new Audit(ledger);
  return {
    audit: async ({ since, until, before, limit, ...filter }) => {
      if (filter.kind !== undefined && !AUDITED_KINDS.some((kind) => kind === filter.kind))
        throw new ChanceryError(
          'request.invalid',
          `${filter.kind} is no kind of act; there are ${AUDITED_KINDS.join(', ')}`,
        );
      const [from, to] = entriesWithin(log, log.size, { since: parsed(since), until: parsed(until) });
      const { acts, next } = await audit.list([from, Math.min(to, before ?? to)], filter, limit);
      return {
        acts: acts.map(({ entries, time: at, ...act }) => ({
          ...act,
          time: time(at),
          entries: entries.slice(0, NAMED_MAX),
          text: summarise(act.kind, log.content(act.sequence) ?? new Uint8Array(0)),
        })),
        acknowledgements: await audit.acknowledgements([from, to]),
        next,
      };
    },
  };
}

function parsed(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}
