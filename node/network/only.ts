/** Who a protocol is for: everyone else's stream is dropped before a frame of it is read. */
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Handler } from './host.ts';

export function onlyOwnDevices(handler: Handler): Handler {
  return (channel, peer) => {
    if (peer.own && peer.identity.leaf.subject.kind === 'device') return handler(channel, peer);
    throw new ChanceryError('peer.unauthorized', 'only devices of this organisation use this protocol');
  };
}

export function onlyPartnerNodes(handler: Handler): Handler {
  return (channel, peer) => {
    if (!peer.own && peer.identity.leaf.subject.kind === 'node') return handler(channel, peer);
    throw new ChanceryError('peer.unauthorized', 'only nodes of partners use this protocol');
  };
}
