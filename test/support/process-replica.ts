/** A replica of an organisation's archive, as a process: invited, joined and started as an operator would. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { OrganisationProcess } from '../../scripts/processes/index.ts';
import type { ProcessWorld } from './process-world.ts';
import { until } from './until.ts';

export async function joinReplica(
  { folder, federation, ends }: ProcessWorld,
  primary: OrganisationProcess,
): Promise<OrganisationProcess> {
  const { invitation } = await primary.call('node.invite', { roles: ['gateway', 'archive'] });
  const replica = ends.use(
    await OrganisationProcess.create({
      domain: primary.domain,
      directory: join(folder, 'replica'),
      dnsServer: federation.server.address,
      anchors: federation.tree.anchorLines,
      join: invitation,
    }),
  );
  await replica.start();
  await caughtUp(primary);
  return replica;
}

/** Resolves when a replica holds what the primary holds now. */
async function caughtUp(primary: OrganisationProcess): Promise<void> {
  const { log } = await primary.call('status', {});
  assert.ok(log);
  await until('the replica holds everything', async () => {
    const { replicas } = await primary.call('archive.replicas', {});
    return replicas.some(({ size }) => size !== null && size >= log.size);
  });
}
