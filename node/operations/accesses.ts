/** Who looked at what was said: recorded before it is shown, and told to whoever may know. */
import type { ArchiveNode } from '../composition/index.ts';
import type { Access, AccessRecord } from '../ledger/index.ts';
import type { OperationOutput, Operations } from './contract.ts';
import { time } from './present.ts';

/** Who acts over the admin socket: whoever may open it, which is the account that runs the node. */
const ACTOR = 'operator';

export function accessOperations({ organisation }: ArchiveNode): Pick<Operations, 'archive.accesses'> {
  const { accesses } = organisation;
  return {
    'archive.accesses': async ({ entry, before, limit }) => {
      const from = before ?? null;
      const found = await (entry === undefined
        ? accesses.list(from, limit)
        : accesses.of(entry, from, limit));
      const next = found.length < limit ? null : (found.at(-1)?.sequence ?? null);
      return { accesses: found.map(shown), next };
    },
  };
}

/**
 * Records that an operator looks. Where the archive is closed for appending it is still to be read, for what was lost is
 * to be seen and exported: then the look is in the node's own log alone, as an alarm.
 */
export async function recordLook(
  { organisation, settings }: ArchiveNode,
  look: Omit<AccessRecord, 'actor' | 'device'>,
): Promise<void> {
  const { accesses, log } = organisation;
  const { stopped } = log;
  const access = { actor: ACTOR, device: null, ...look };
  if (stopped === undefined) {
    await accesses.record(access);
    return;
  }
  settings.log.warn({ alarm: true, code: stopped.code, ...access }, 'a read that the archive cannot record');
}

function shown({ time: at, ...access }: Access): OperationOutput<'archive.accesses'>['accesses'][number] {
  return { ...access, time: time(at) };
}
