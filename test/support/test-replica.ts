/** A replica of an organisation's archive in this process: joined by invitation, as an operator would. */
import { USUAL_POLICY } from '../../node/retention/index.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import {
  platform,
  readFollowed,
  startArchiveNode,
  startReplicaNode,
  verificationContext,
  writeFollowed,
  type ArchiveNode,
  type NodeSettings,
  type ReplicaNode,
} from '../../node/composition/index.ts';
import { joinOrganisation } from '../../node/enrolment/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { decodeBundle } from '../../protocol/identity/index.ts';
import { freePort } from '../../scripts/processes/index.ts';
import { keysIn } from './keys-in.ts';
import { makeKey } from './test-device.ts';
import type { TestNode } from './test-node.ts';

/** A home of a second archive node, run in whatever role it has now. */
export class TestReplica {
  readonly settings: NodeSettings;
  replica: ReplicaNode | undefined;
  primary: ArchiveNode | undefined;

  private constructor(settings: NodeSettings) {
    this.settings = settings;
  }

  /** @param invited an invitation that was made before; one is made if it is left out */
  static async join(archive: TestNode, invited?: string): Promise<TestReplica> {
    const { invitation } =
      invited === undefined
        ? await archive.operations['node.invite']({ roles: ['gateway', 'archive'] })
        : { invitation: invited };
    const { seed } = makeKey();
    const listen = [`/ip4/127.0.0.1/tcp/${await freePort()}`];
    const joined = await joinOrganisation({
      invitation,
      seed,
      addresses: listen,
      context: verificationContext(archive.settings.anchors),
      clock: platform.clock,
      log: pino({ level: 'silent' }),
    });
    const [node, issuer, root] = valueOf(decodeBundle(joined.bundle)).chain;
    const folder = await mkdtemp(join(tmpdir(), 'chancery-replica-'));
    const settings: NodeSettings = {
      ...archive.settings,
      listen,
      archiveLocation: join(folder, 'archive'),
      attachmentsLocation: join(folder, 'attachments'),
      archiveCopies: 1,
      deliveryDays: 90,
      retention: USUAL_POLICY,
      verifySeconds: 3_600,
      keys: await keysIn(join(folder, 'keys'), { node: seed }),
      certificates: { root: root!, issuer: issuer!, statement: new Uint8Array(), node: node! },
      gatewayBundle: joined.bundle,
    };
    const peer = /\/p2p\/([^/]+)$/.exec(joined.archiveNode)?.[1] ?? '';
    await writeFollowed(settings.archiveLocation, { peer, addresses: [joined.archiveNode], deposed: false });
    const made = new TestReplica(settings);
    await made.start();
    return made;
  }

  async start(): Promise<void> {
    const followed = await readFollowed(this.settings.archiveLocation);
    if (followed === undefined) this.primary = await startArchiveNode(this.settings);
    else this.replica = await startReplicaNode(this.settings, followed, () => undefined);
  }

  get size(): number {
    return this.replica?.ledger.log.size ?? this.primary?.organisation.log.size ?? 0;
  }

  async stop(): Promise<void> {
    await this.replica?.stop();
    await this.primary?.stop();
    this.replica = undefined;
    this.primary = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(join(this.settings.archiveLocation, '..'), { recursive: true, force: true });
  }
}
