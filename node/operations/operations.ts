/** Every operation of the contract, on a node with the archive, and on a gateway alone. */
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { ArchiveNode, GatewayNode, ReplicaNode } from '../composition/index.ts';
import { absenceOperations } from './absences.ts';
import { accessOperations } from './accesses.ts';
import { archiveOperations } from './archive.ts';
import { caseOperations } from './cases.ts';
import { checkpointOperations } from './checkpoints.ts';
import { auditOperations } from './audit.ts';
import { backupOperations } from './backup.ts';
import { OPERATIONS, type OperationName, type Operations } from './contract.ts';
import { doctorOperations } from './doctor.ts';
import { evidenceOperations } from './evidence.ts';
import { gapOperations } from './gaps.ts';
import { historyOperations } from './history.ts';
import { identityOperations } from './identities.ts';
import { memberOperations } from './members.ts';
import { nodeOperations } from './nodes.ts';
import { policyOperations } from './policy.ts';
import { preservationOperations } from './preservation.ts';
import { replicaOperations } from './replica.ts';
import { partnerOperations } from './partners.ts';
import { reconcileOperations } from './reconcile.ts';
import { recoveryOperations } from './recovery.ts';
import { reportOperations } from './reports.ts';
import { retentionOperations } from './retention.ts';
import { reviewOperations } from './reviews.ts';
import { rotationOperations } from './rotation.ts';
import { searchOperations } from './search.ts';
import { archiveStatus, gatewayStatus } from './status.ts';

export function operationsOfArchive(node: ArchiveNode): Operations {
  return {
    status: () => archiveStatus(node),
    ...identityOperations(node),
    ...historyOperations(node),
    ...evidenceOperations(node),
    ...rotationOperations(node),
    ...memberOperations(node),
    ...nodeOperations(node),
    ...partnerOperations(node),
    ...archiveOperations(node),
    ...searchOperations(node),
    ...accessOperations(node),
    ...absenceOperations(node),
    ...auditOperations(node),
    ...backupOperations(node),
    ...recoveryOperations(node),
    ...retentionOperations(node),
    ...preservationOperations(node),
    ...caseOperations(node),
    ...policyOperations(node),
    ...reviewOperations(node),
    ...reportOperations(node),
    ...checkpointOperations(node),
    ...reconcileOperations(node),
    ...doctorOperations(node),
    ...gapOperations(node),
  };
}

/** A replica tells its state, and takes over; for the rest the primary is to be asked. */
export function operationsOfReplica(node: ReplicaNode, onPromoted: () => void): Operations {
  return { ...operationsOfGateway(node.gateway), ...replicaOperations(node, onPromoted) };
}

/** A gateway holds nothing to manage: it tells its state, and where to ask for the rest. */
export function operationsOfGateway(node: GatewayNode): Operations {
  const elsewhere = (): Promise<never> =>
    Promise.reject(
      new ChanceryError(
        'request.invalid',
        `this node is a gateway alone; ask at ${node.settings.archiveNode ?? ''}`,
      ),
    );
  const names = Object.keys(OPERATIONS) as OperationName[];
  return {
    ...(Object.fromEntries(names.map((name) => [name, elsewhere])) as unknown as Operations),
    status: () => Promise.resolve(gatewayStatus(node)),
    'doctor.node': () =>
      Promise.resolve({
        checks: [
          node.archiveConnected()
            ? { name: 'archive', state: 'ok', message: 'connected', mend: '' }
            : { name: 'archive', state: 'failed', message: 'not connected', mend: 'start the archive node' },
        ],
      }),
  };
}
