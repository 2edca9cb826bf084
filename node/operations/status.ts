/** The state of a node at a glance. */
import { platform, type ArchiveNode, type GatewayNode } from '../composition/index.ts';
import { showAbsence } from './absences.ts';
import { alarmsOf } from './alarms.ts';
import type { OperationOutput } from './contract.ts';
import { showPartner } from './partners.ts';
import { waitingRequests } from './preservation.ts';
import { hex, time } from './present.ts';
import { untoldReports } from './reports.ts';
import { waitingReviews } from './reviews.ts';

type Status = OperationOutput<'status'>;

export async function archiveStatus(node: ArchiveNode): Promise<Status> {
  const { organisation, settings, host, started } = node;
  const { size, root } = organisation.log.head;
  const newest = await organisation.absences.newest();
  const agreements = await organisation.partners.agreements();
  return {
    domain: organisation.domain,
    peer: host.peerId,
    version: settings.version,
    roles: [...settings.roles],
    addresses: host.addresses,
    started: time(started),
    rosterNumber: organisation.authority.roster.number,
    log: { size, root: hex(root) },
    archiveConnected: true,
    devicesConnected: countDevices(host.peers),
    partners: await Promise.all(agreements.map((agreement) => showPartner(node, agreement))),
    alarms: await alarmsOf(node),
    absence: newest === undefined ? null : showAbsence(newest),
    waits: [
      ...(await waitingRequests(node)),
      ...(await waitingReviews(node)),
      ...(await untoldReports(node)),
    ],
  };
}

export function gatewayStatus(node: GatewayNode): Status {
  const { settings, host, started } = node;
  return {
    domain: settings.domain,
    peer: host.peerId,
    version: settings.version,
    roles: [...settings.roles],
    addresses: host.addresses,
    started: time(Math.min(started, platform.clock())),
    rosterNumber: null,
    log: null,
    archiveConnected: node.archiveConnected(),
    devicesConnected: countDevices(host.peers),
    partners: [],
    alarms: [],
    absence: null,
    waits: [],
  };
}

function countDevices(peers: ArchiveNode['host']['peers']): number {
  return new Set(peers.filter((peer) => peer.identity.leaf.subject.kind === 'device').map((peer) => peer.id))
    .size;
}
