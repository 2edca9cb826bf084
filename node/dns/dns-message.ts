/**
 * DNS queries and answers (RFC 1035), with DNSSEC records asked for and unchecked (RFC 4035, section 3.2).
 * dns-packet does the parsing. It hands out rdata in parsed form, so each is encoded again to have the bytes that were signed.
 */
import { Buffer } from 'node:buffer';
import { CHECKING_DISABLED, decode, DNSSEC_OK, encode, RECURSION_DESIRED, type Answer } from 'dns-packet';
import { canonicalName, TYPE } from '../../protocol/dnssec/index.ts';

/** Largest answer asked for over UDP: passes every common path unfragmented (DNS flag day 2020). */
const UDP_PAYLOAD_BYTES = 1232;

/** What the header and each record take in a message whose only record belongs to the root, up to its rdata. */
const BYTES_BEFORE_RDATA = 12 + 1 + 10;

const RCODE = { NOERROR: 0, NXDOMAIN: 3 } as const;

export type QueryType = 'TXT' | 'DS' | 'DNSKEY';

export interface DnsQuery {
  /** 16 bits, unpredictable. */
  readonly id: number;
  /** Canonical name. */
  readonly name: string;
  readonly type: QueryType;
}

/** One record of an answer, of the types that DNSSEC proofs are concerned with. */
export interface DnsRecord {
  readonly name: string;
  readonly type: number;
  readonly rdata: Uint8Array;
}

export interface DnsReply {
  readonly truncated: boolean;
  /** Whether the server answered the question; failures and mere referrals do not. An empty answer can be one. */
  readonly conclusive: boolean;
  readonly records: readonly DnsRecord[];
}

export function encodeQuery({ id, name, type }: DnsQuery): Uint8Array {
  return encode({
    type: 'query',
    id,
    flags: RECURSION_DESIRED | CHECKING_DISABLED,
    questions: [{ name, type }],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: UDP_PAYLOAD_BYTES,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: DNSSEC_OK,
        flag_do: true,
        options: [],
      },
    ],
  });
}

/** The reply, or `undefined` if the bytes are not a reply to this query. */
export function decodeReply(bytes: Uint8Array, query: DnsQuery): DnsReply | undefined {
  try {
    const packet = decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    const question = packet.questions?.[0];
    const answersQuery =
      packet.type === 'response' &&
      packet.id === query.id &&
      packet.questions?.length === 1 &&
      question?.type === query.type &&
      canonicalName(question.name) === query.name;
    if (!answersQuery) return undefined;
    const rcode = (packet.flags ?? 0) & 0xf;
    const answered = rcode === RCODE.NOERROR || rcode === RCODE.NXDOMAIN;
    return {
      truncated: packet.flag_tc,
      conclusive: answered && (packet.flag_aa || packet.flag_ra),
      records: (packet.answers ?? []).flatMap(toRecord),
    };
  } catch {
    return undefined; // not a DNS message at all
  }
}

function toRecord(answer: Answer): DnsRecord[] {
  const name = canonicalName(answer.name);
  const type = Object.entries(TYPE).find(([known]) => known === answer.type)?.[1];
  if (name === undefined || type === undefined) return [];
  if (answer.type === 'OPT' || answer.class !== 'IN') return [];
  const rdata = encode({ type: 'response', answers: [{ ...answer, name: '.' }] }).subarray(
    BYTES_BEFORE_RDATA,
  );
  return [{ name, type, rdata }];
}
