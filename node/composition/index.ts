export { startArchiveNode, type ArchiveNode } from './archive-node.ts';
export { startGatewayNode, type GatewayNode } from './gateway-node.ts';
export { readFollowed, writeFollowed, type Followed } from './primary-file.ts';
export { startReplicaNode, type ReplicaNode } from './replica-node.ts';
export { platform, verificationContext } from './platform.ts';
export type { NodeSettings } from './settings.ts';
export type { Organisation } from './organisation.ts';
export { findRestored } from './restored-file.ts';
