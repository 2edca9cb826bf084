/** Where an organisation's nodes are, by its roster: multiaddrs with peer id, as others dial them. */
import type { Roster } from '../../protocol/statement/index.ts';

/** Only gateways are dialled by devices and partners. */
export function gatewayAddresses(roster: Pick<Roster, 'nodes'>): string[] {
  return roster.nodes
    .filter((node) => node.roles.includes('gateway'))
    .flatMap((node) => node.addresses.map((address) => withPeer(address, node.peer)));
}

function withPeer(address: string, peer: string): string {
  return address.includes('/p2p/') ? address : `${address}/p2p/${peer}`;
}
