/** The kinds of value a configuration holds beside plain ones, each with the sentence that a wrong one is answered with. */
import { multiaddr } from '@multiformats/multiaddr';
import { z } from 'zod';
import { parseTrustAnchor } from '../../protocol/dnssec/index.ts';
import { isMediaType } from '../../protocol/message/index.ts';
import { parseDomain } from '../../protocol/names/index.ts';
import { parseServerAddress } from '../dns/index.ts';

/** Characters of one address: as much as an invitation carries. */
const MAX_ADDRESS = 256;

export const domainField: z.ZodString = z
  .string()
  .max(253)
  .refine(isCanonical, 'is not a domain in canonical form: lower case, A-labels, no final dot');

/** A TCP multiaddr without a peer id. */
export const listenField: z.ZodString = z
  .string()
  .max(MAX_ADDRESS)
  .refine(
    (text) => isTcp(text) && !protocolsOf(text).includes('p2p'),
    'is not a TCP multiaddr without a peer id',
  )
  .meta({ examples: ['/ip4/0.0.0.0/tcp/4710'] });

/** A TCP multiaddr, with a peer id or without. */
export const addressField: z.ZodString = z
  .string()
  .max(MAX_ADDRESS)
  .refine(isTcp, 'is not a TCP multiaddr')
  .meta({ examples: ['/dns4/chancery.acme.example/tcp/4710'] });

/** A TCP multiaddr that ends in the peer id to expect there. */
export const nodeAddressField: z.ZodString = z
  .string()
  .max(MAX_ADDRESS)
  .refine(
    (text) => isTcp(text) && protocolsOf(text).at(-1) === 'p2p',
    'is not a TCP multiaddr that ends in /p2p/ and a peer id',
  )
  .meta({ examples: ['/ip4/10.0.0.5/tcp/4710/p2p/12D3KooWExamplePeerIdOfTheNode'] });

export const serverField: z.ZodString = z
  .string()
  .max(MAX_ADDRESS)
  .refine((text) => parseServerAddress(text).ok, 'is not a name server: an IP address, or address:port')
  .meta({ examples: ['192.0.2.53:53'] });

/** A media type, all of a kind, or all there are. */
export const mediaTypeField: z.ZodString = z
  .string()
  .max(129)
  .refine(
    (text) => text === '*/*' || isMediaType(text.replace(/\/\*$/, '/any')),
    'is not a media type such as application/pdf, image/* or */*',
  )
  .meta({ examples: ['application/pdf'] });

export const anchorField: z.ZodString = z
  .string()
  .max(512)
  .refine((text) => parseTrustAnchor(text).ok, 'is not a DS record of the root with an accepted algorithm')
  .meta({
    examples: ['. IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D'],
  });

function isCanonical(text: string): boolean {
  const domain = parseDomain(text);
  return domain.ok && domain.value === text;
}

function isTcp(text: string): boolean {
  return protocolsOf(text).includes('tcp');
}

/** The protocols of a multiaddr in order; none if it is not one. */
function protocolsOf(text: string): string[] {
  try {
    return multiaddr(text)
      .getComponents()
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
