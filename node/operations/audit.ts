/** Acts of oversight, as an operator or officer asks for them. That somebody does is no look at what was said: of that it is recorded alone that the acts were read. */
import { ChanceryError } from '../../protocol/errors/index.ts';
import { entriesWithin } from '../archive/index.ts';
import type { ArchiveNode } from '../composition/index.ts';
import { AUDITED_KINDS, Audit, Controls, fact, type Ledger } from '../ledger/index.ts';
import type { Operations } from './contract.ts';
import { time } from './present.ts';
import { summarise } from './summary.ts';

/** Who acts over the admin socket. */
const ACTOR = 'operator';

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
      const isWhole = [since, until, before, ...Object.values(filter)].every((one) => one === undefined);
      if (isWhole) await recordReading(ledger, audit, to);
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

/** That somebody looked, where there was something that nobody had looked at. Of a log that takes nothing it is not recorded. */
async function recordReading(ledger: Ledger, audit: Audit, until: number): Promise<void> {
  if (ledger.log.stopped !== undefined) return;
  const unread = await audit.first(new Controls(ledger).lastRead()?.until ?? 0);
  if (unread !== undefined) await ledger.append([fact('audit-read', { actor: ACTOR, until })]);
}

function parsed(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}
