/** Two organisations as processes, a member of one who writes to a member of the other without pause. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { OrganisationProcess } from '../../scripts/processes/index.ts';
import type { Talk } from './archived.ts';
import { Load, type LoadOptions } from './load.ts';
import { ProcessMember } from './process-member.ts';
import { startWorld } from './process-world.ts';

export async function startTalk(
  t: TestContext,
  load: Omit<LoadOptions, 'client' | 'conversation'>,
): Promise<Talk> {
  const world = await startWorld(t, { domains: ['acme.test', 'partner.test'], agreed: true });
  const organisations = world.federation.organisations as [OrganisationProcess, OrganisationProcess];
  const writer = await ProcessMember.join(world, organisations[0], 'alice@acme.test');
  const reader = await ProcessMember.join(world, organisations[1], 'bob@partner.test');
  const { id: conversation, sending } = await writer.client.direct('bob@partner.test');
  assert.equal((await sending?.sent)?.state, 'archived');
  const writing = new Load({ ...load, client: writer.client, conversation });
  return { conversation, load: writing, writer, reader, organisations };
}
