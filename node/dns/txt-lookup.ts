/** A plain look-up of TXT records, for the level `dns`: what the name server says, with no proof. */
import { canonicalName, parseTxt, TYPE } from '../../protocol/dnssec/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import type { DnsClient } from './dns-client.ts';

/**
 * Each TXT record at exactly that name, as one text. An alias is not followed, as a proof would not follow it either.
 * Refuses with what {@link DnsClient.query} does, `dns.no-record`, `dns.bad-record` or `dnssec.alias`.
 */
export async function lookupTxt(name: string, client: DnsClient): Promise<Result<readonly string[]>> {
  const answer = await client.query(name, 'TXT');
  if (!answer.ok) return answer;
  if (answer.value.some(({ type }) => type === TYPE.CNAME || type === TYPE.DNAME)) {
    return refuse('dnssec.alias', `${name} is an alias; publish its TXT record under its own name`);
  }
  const owner = canonicalName(name);
  const found = answer.value.filter((record) => record.type === TYPE.TXT && record.name === owner);
  if (found.length === 0) return refuse('dns.no-record', `${name} has no TXT record; publish it`);
  const texts = found.map(({ rdata }) => parseTxt(rdata)).filter((text) => text !== undefined);
  return texts.length === found.length
    ? accept(texts)
    : refuse('dns.bad-record', `a TXT record of ${name} cannot be parsed; publish it again`);
}
