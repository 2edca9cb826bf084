/** What a replica of the archive can be asked: how far it is, and to take over. */
import type { ReplicaNode } from '../composition/index.ts';
import { damageOf, fileAlarmsOf } from './alarms.ts';
import type { Operations } from './contract.ts';
import { fileCheck } from './doctor.ts';
import { hex, time } from './present.ts';
import { gatewayStatus } from './status.ts';

const ACTOR = 'operator';

type ReplicaOperations = Pick<Operations, 'status' | 'archive.replicas' | 'archive.promote' | 'doctor.node'>;

export function replicaOperations(node: ReplicaNode, onPromoted: () => void): ReplicaOperations {
  const { ledger, follower, followed, host, settings } = node;
  return {
    status: () => {
      const { size, root } = ledger.log.head;
      const { lastError } = follower.state;
      return Promise.resolve({
        ...gatewayStatus(node.gateway),
        archiveConnected: follower.state.connected,
        log: { size, root: hex(root) },
        alarms: [
          ...(lastError === null ? [] : [lastError]),
          ...damageOf(ledger.log, node.verifier),
          ...fileAlarmsOf(node.filesVerifier),
        ],
      });
    },
    'archive.replicas': () => {
      const { connected, lastContact, primarySize } = follower.state;
      const { size } = ledger.log;
      return Promise.resolve({
        epoch: ledger.epoch,
        primary: followed.peer,
        size: Math.max(primarySize, size),
        copies: settings.archiveCopies,
        replicas: [
          {
            peer: host.peerId,
            connected,
            size,
            lag: Math.max(0, primarySize - size),
            lastContact: lastContact === null ? null : time(lastContact),
          },
        ],
      });
    },
    'archive.promote': async ({ reason, force }) => {
      const promoted = await node.promote(ACTOR, reason, force);
      onPromoted();
      return { peer: host.peerId, ...promoted };
    },
    'doctor.node': () =>
      Promise.resolve({
        checks: [
          follower.state.connected
            ? { name: 'replica', state: 'ok', message: `follows ${followed.peer}`, mend: '' }
            : {
                name: 'replica',
                state: 'failed',
                message: follower.state.lastError?.message ?? `${followed.peer} is not connected`,
                mend: 'start the primary, or promote this replica: chancery archive promote',
              },
          ...fileAlarmsOf(node.filesVerifier).map(fileCheck),
        ],
      }),
  };
}
