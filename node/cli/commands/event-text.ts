/** How identity events are shown: when, how grave, whom it is about and how they are known, and what changed. */
import type { OperationOutput } from '../../operations/contract.ts';
import { table, when } from '../layout.ts';
import type { Paint } from '../voice.ts';

type IdentityEvent = OperationOutput<'identity.events'>['events'][number];

export function eventTable(events: readonly IdentityEvent[], paint: Paint): string {
  const text = table(
    ['ENTRY', 'TIME', 'SEVERITY', 'WHO', 'LEVEL', 'KNOWN SINCE', 'WHAT'],
    events.map((event) => [
      String(event.sequence),
      when(event.time),
      event.severity,
      event.person === null ? event.domain : `${event.person.name} <${event.person.address}>`,
      event.level,
      event.since === null ? 'not known here' : when(event.since),
      changeText(event),
    ]),
    'nothing has changed yet',
  );
  const grave = (line: string): string => (/ alarm /.test(line) ? paint.red(line) : line);
  return text.split('\n').map(grave).join('\n');
}

function changeText({ what, before, after }: IdentityEvent): string {
  return what === 'device' ? `a new device, key ${after}` : `${what} ${before} is now ${after}`;
}
