/**
 * The TXT record at `_chancery.DOMAIN` that anchors an organisation in its domain:
 * `v=chancery1; k=ed25519; id=<base64url SHA-256 of the root key's SPKI>; seq=7; st=current`, and during a
 * rotation one more with `st=next`. Other TXT records at the name are ignored; a malformed one of ours is not.
 */
import { accept, refuse, type Result } from '../errors/index.ts';

export interface DomainRecord {
  /** The root id: base64url of 32 bytes. */
  readonly id: string;
  /** Rises with every rotation. */
  readonly sequence: number;
  readonly state: 'current' | 'next';
}

export interface DomainRecords {
  readonly current: DomainRecord;
  readonly next: DomainRecord | null;
}

/** Where the record of a domain stands. */
export function recordName(domain: string): string {
  return `_chancery.${domain}`;
}

export function formatRecord(record: DomainRecord): string {
  return `v=chancery1; k=ed25519; id=${record.id}; seq=${record.sequence}; st=${record.state}`;
}

const FORM =
  /^v=chancery1; ?k=ed25519; ?id=([A-Za-z0-9_-]{43}); ?seq=(0|[1-9][0-9]{0,14}); ?st=(current|next)$/;

/** Reads the TXT strings of the name. Refuses with `dns.no-record` or `dns.bad-record`. */
export function parseRecords(texts: readonly string[], domain: string): Result<DomainRecords> {
  const records: DomainRecord[] = [];
  for (const text of texts) {
    if (!text.startsWith('v=chancery')) continue;
    const [, id, sequence, state] = FORM.exec(text) ?? [];
    if (id === undefined || sequence === undefined || (state !== 'current' && state !== 'next')) {
      return refuse(
        'dns.bad-record',
        `TXT record at ${recordName(domain)} is malformed: have its owner publish it anew`,
      );
    }
    records.push({ id, sequence: Number(sequence), state });
  }
  const current = records.filter((record) => record.state === 'current');
  const next = records.filter((record) => record.state === 'next');
  const [first] = current;
  if (first === undefined) {
    return refuse('dns.no-record', `${recordName(domain)} has no TXT record of Chancery with st=current`);
  }
  if (current.length > 1 || next.length > 1) {
    return refuse(
      'dns.bad-record',
      `${recordName(domain)} has more than one record of a state; remove the old one`,
    );
  }
  return accept({ current: first, next: next[0] ?? null });
}
