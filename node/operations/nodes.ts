/** The nodes of the organisation, and the copies of its archive that they hold. */
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { ArchiveNode } from '../composition/index.ts';
import type { Operations } from './contract.ts';
import { time } from './present.ts';

/** Who acts over the admin socket: whoever may open it, which is the account that runs the node. */
const ACTOR = 'operator';

type NodeOperations = Pick<
  Operations,
  'node.invite' | 'node.list' | 'node.remove' | 'archive.replicas' | 'archive.promote'
>;

export function nodeOperations(node: ArchiveNode): NodeOperations {
  const { enrolment, authority, ledger, primary, copies, removeNode, log } = node.organisation;
  return {
    'node.invite': async ({ roles }) => {
      // through the archive itself, since there may be no gateway yet
      const { code, invitation, expires } = await enrolment.invite(null, roles, node.host.addresses);
      return { code, invitation, expires: time(expires) };
    },
    'node.list': () =>
      Promise.resolve({
        nodes: authority.roster.nodes.map(({ peer, roles, addresses }) => ({
          peer,
          roles: [...roles],
          addresses: [...addresses],
        })),
      }),
    'node.remove': async ({ peer, reason }) => {
      if (peer === node.host.peerId)
        throw new ChanceryError(
          'request.invalid',
          'this is the node that is asked; promote another one first',
        );
      if (!authority.roster.nodes.some((listed) => listed.peer === peer))
        throw new ChanceryError(
          'request.invalid',
          `no node ${peer} is on the roster; see chancery node list`,
        );
      await ledger.administer(ACTOR, 'node.remove', `${peer} ${reason}`);
      copies.forget(peer);
      const rosterNumber = await removeNode(peer);
      await node.host.drop(peer);
      return { peer, rosterNumber };
    },
    'archive.promote': () =>
      Promise.reject(new ChanceryError('request.invalid', 'this node is the primary already')),
    'archive.replicas': () =>
      Promise.resolve({
        epoch: ledger.epoch,
        primary: node.host.peerId,
        size: log.size,
        copies: node.settings.archiveCopies,
        replicas: primary.replicas(node.host.peerId).map(({ lastContact, ...replica }) => ({
          ...replica,
          lag: replica.size === null ? null : Math.max(0, log.size - replica.size),
          lastContact: lastContact === null ? null : time(lastContact),
        })),
      }),
  };
}
