/** Where a name server listens: an IP address and a port, as configuration and the system write it. */
import { getServers } from 'node:dns';
import { isIP, isIPv6 } from 'node:net';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

const DNS_PORT = 53;

/** Reads `192.0.2.1`, `192.0.2.1:5300`, `2001:db8::1` or `[2001:db8::1]:5300`. Refuses with `config.invalid`. */
export function parseServerAddress(text: string): Result<ServerAddress> {
  if (isIPv6(text)) return accept({ host: text, port: DNS_PORT });
  const [, bracketed, plain, digits] = /^(?:\[(.+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? '';
  const port = digits === undefined ? DNS_PORT : Number(digits);
  const version = isIP(host);
  if (version === 0 || (version === 6) !== (bracketed !== undefined) || port < 1 || port > 0xffff) {
    return refuse('config.invalid', `"${text}" is not a name server; write an IP address, or address:port`);
  }
  return accept({ host, port });
}

/** The name servers that this machine is set to use, to be handed to the client when the operator names none. */
export function systemServers(): string[] {
  return getServers();
}
