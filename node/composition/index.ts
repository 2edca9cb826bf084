export { startArchiveNode, type ArchiveNode } from './archive-node.ts';
export { startGatewayNode, type GatewayNode } from './gateway-node.ts';
export { platform, verificationContext } from './platform.ts';
export type { NodeSettings } from './settings.ts';
export type { Organisation } from './organisation.ts';
