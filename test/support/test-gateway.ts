/** A gateway apart from its archive, in this process: joined by invitation, as an operator would. */
import { join } from 'node:path';
import { pino } from 'pino';
import {
  platform,
  startGatewayNode,
  verificationContext,
  type GatewayNode,
  type NodeSettings,
} from '../../node/composition/index.ts';
import { joinOrganisation } from '../../node/enrolment/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { decodeBundle } from '../../protocol/identity/index.ts';
import { freePort } from '../../scripts/processes/index.ts';
import { keysIn } from './keys-in.ts';
import { makeKey } from './test-device.ts';
import type { TestNode } from './test-node.ts';

export async function startGateway(archive: TestNode): Promise<GatewayNode> {
  const { invitation } = await archive.operations['node.invite']({ roles: ['gateway'] });
  const { seed } = makeKey();
  const port = await freePort();
  const listen = [`/ip4/127.0.0.1/tcp/${port}`];
  const joined = await joinOrganisation({
    invitation,
    seed,
    addresses: listen,
    context: verificationContext(archive.settings.anchors),
    clock: platform.clock,
    log: pino({ level: 'silent' }),
  });
  const [node, issuer, root] = valueOf(decodeBundle(joined.bundle)).chain;
  const settings: NodeSettings = {
    ...archive.settings,
    roles: ['gateway'],
    listen,
    archiveNode: joined.archiveNode,
    keys: await keysIn(join(archive.settings.archiveLocation, '..', `gateway-${port}`), { node: seed }),
    certificates: { root: root!, issuer: issuer!, statement: new Uint8Array(), node: node! },
    gatewayBundle: joined.bundle,
  };
  return startGatewayNode(settings);
}
