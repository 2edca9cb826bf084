/** Periods in which nothing could be recorded, as an operator asks for them. */
import type { ArchiveNode } from '../composition/index.ts';
import type { Absence } from '../ledger/index.ts';
import type { OperationOutput, Operations } from './contract.ts';
import { time } from './present.ts';

export function absenceOperations({ organisation }: ArchiveNode): Pick<Operations, 'archive.absences'> {
  return {
    'archive.absences': async ({ since, until, before, limit }) => {
      const found = await organisation.absences.list(
        { since: parsed(since), until: parsed(until), before: before ?? null },
        limit,
      );
      const next = found.length < limit ? null : (found.at(-1)?.sequence ?? null);
      return { absences: found.map(showAbsence), next };
    },
  };
}

export function showAbsence({
  time: at,
  from,
  until,
  codes,
  ...absence
}: Absence): OperationOutput<'archive.absences'>['absences'][number] {
  return { ...absence, codes: [...codes], time: time(at), from: time(from), until: time(until) };
}

function parsed(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}
