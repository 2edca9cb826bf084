/**
 * A stub resolver: asks the configured name servers in turn, over UDP, and over TCP for what UDP cannot carry.
 * The servers may be recursive or authoritative. Nothing they say is trusted here: not the AD bit, not the records.
 */
import { randomInt } from 'node:crypto';
import { canonicalName } from '../../protocol/dnssec/index.ts';
import { accept, ChanceryError, refuse, type Result } from '../../protocol/errors/index.ts';
import { decodeReply, encodeQuery, type DnsRecord, type DnsReply, type QueryType } from './dns-message.ts';
import { exchangeTcp, exchangeUdp } from './exchange.ts';
import { parseServerAddress, type ServerAddress } from './server-address.ts';

/** How long one server may take for one answer, in milliseconds. */
const TIMEOUT_MS = 2000;

/** How often the whole list of servers is gone through. */
const ROUNDS = 2;

export interface DnsClient {
  /**
   * The records that a server answers with: those asked for, their signatures, and aliases on the way to them.
   * None is an answer too. Refuses with `name.bad-domain`, `dns.unreachable` or `dns.truncated`.
   */
  query(name: string, type: QueryType): Promise<Result<readonly DnsRecord[]>>;
}

export interface DnsClientInit {
  /** Name servers as `address` or `address:port`, asked in this order. */
  readonly servers: readonly string[];
  /** Milliseconds for one answer of one server. */
  readonly timeoutMs?: number;
}

/** Throws `config.invalid` if a server's address is not one, or there is none. */
export function createDnsClient({ servers, timeoutMs = TIMEOUT_MS }: DnsClientInit): DnsClient {
  const addresses = servers.map(toAddress);
  if (addresses.length === 0) {
    throw new ChanceryError('config.invalid', 'there is no name server to ask; configure at least one');
  }
  return {
    async query(name, type) {
      const canonical = canonicalName(name);
      if (canonical === undefined) return refuse('name.bad-domain', `"${name}" is not a usable domain name`);
      for (let round = 0; round < ROUNDS; round++) {
        for (const address of addresses) {
          const reply = await ask(address, canonical, type, timeoutMs);
          if (reply?.truncated === true) {
            return refuse(
              'dns.truncated',
              `the answer for ${canonical} does not come whole; allow DNS over TCP`,
            );
          }
          if (reply?.conclusive === true) return accept(reply.records);
        }
      }
      const facts = { name: canonical, type, servers: servers.join(' ') };
      return refuse(
        'dns.unreachable',
        `no name server answered for ${canonical}; check servers and network`,
        facts,
      );
    },
  };
}

/** One server's reply; `undefined` if there is none. It is truncated only if TCP did not help. */
async function ask(
  address: ServerAddress,
  name: string,
  type: QueryType,
  timeoutMs: number,
): Promise<DnsReply | undefined> {
  const query = { id: randomInt(0x10000), name, type };
  const bytes = encodeQuery(query);
  const receive = (message: Uint8Array): DnsReply | undefined => decodeReply(message, query);
  const reply = await exchangeUdp(address, bytes, receive, timeoutMs).catch(() => undefined);
  if (reply?.truncated !== true) return reply;
  return exchangeTcp(address, bytes, receive, timeoutMs).catch(() => reply);
}

function toAddress(text: string): ServerAddress {
  const address = parseServerAddress(text);
  if (!address.ok) throw ChanceryError.from(address.refusal);
  return address.value;
}
