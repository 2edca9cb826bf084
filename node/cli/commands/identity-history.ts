/** `chancery identity history`: every key that was ever seen of a domain, and by which proof. */
import type { Command } from 'commander';
import type { OperationOutput } from '../../operations/contract.ts';
import { examples, wholeNumber } from '../arguments.ts';
import { fields, period, when } from '../layout.ts';
import type { OpenSession } from '../session.ts';

type Change = OperationOutput<'identity.history'>['changes'][number];

const WHAT: Readonly<Record<Change['change'], string>> = {
  verified: 'verified',
  created: 'created',
  'statement-renewed': 'statement certificate renewed',
  'issuer-rotated': 'issuer rotated',
  'root-prepared': 'next root prepared',
  'root-rotated': 'root rotated',
  'root-revoked': 'root revoked',
};

export function addHistory(group: Command, open: OpenSession): void {
  const history = group
    .command('history')
    .summary('list every key ever seen of a domain, and by which proof')
    .description(
      'Lists every key ever seen of a domain, oldest first: since when and until when it stood, at which level, by which ' +
        'archived DNSSEC proof, which is verified anew as of then. Of this organisation’s own domain also its issuers, ' +
        'its statement certificates and what changed them.',
    )
    .argument('<domain>', 'a partner’s domain, or this organisation’s own')
    .option('--limit <count>', 'how many entries, at most 500', wholeNumber, 50)
    .option('--after <sequence>', 'from after an entry of the archive on: the next page', wholeNumber)
    .action(async (domain: string, options: { limit: number; after?: number }, self: Command) => {
      const { voice, ask } = open(self);
      const output = await ask('identity.history', { domain, ...options });
      voice.result(output, ({ changes }) => changes.map(changeText).join('\n'));
      if (output.next !== null) voice.note(`there is more; add --after ${output.next}`);
    });
  examples(
    history,
    'chancery identity history partner.example',
    'chancery identity history acme.example --limit 200 --json',
    'chancery identity history partner.example --after 1041',
  );
}

function changeText(change: Change): string {
  const { sequence, time, until, rootId, rootSequence, level, certificates, proof, rosters } = change;
  const lines: (readonly [string, string])[] = [
    ['entry', `${sequence}: ${WHAT[change.change]}`],
    ['stood', until === null ? `${when(time)} until now` : `${when(time)} to ${when(until)}`],
    ['root id', `${rootId} (sequence ${rootSequence})`],
  ];
  if (level !== null) lines.push(['level', level]);
  if (proof !== null) lines.push(['proof', `SHA-256 ${proof.hash}`], ['which holds', holds(proof)]);
  for (const { kind, serial, window } of certificates)
    lines.push([kind.replace('-', ' '), `${serial}, ${period(window)}`]);
  if (rosters !== null) lines.push(['rosters', `${rosters.first} to ${rosters.last}`]);
  return fields(lines);
}

function holds({ zones, window, fault }: NonNullable<Change['proof']>): string {
  if (window === null) return `not at that time [${fault ?? 'dnssec.incomplete'}]`;
  return `${period(window)}, ${zones.join(' > ')}`;
}
