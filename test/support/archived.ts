/** What archives hold of a conversation, asked of the running nodes. */
import assert from 'node:assert/strict';
import type { OrganisationProcess } from '../../scripts/processes/index.ts';
import type { Load } from './load.ts';
import type { ProcessMember } from './process-member.ts';

const PAGE = 500;

/** The ids of the messages of a conversation in the order of the log. */
export async function archivedIds(node: OrganisationProcess, conversation: string): Promise<string[]> {
  const newestFirst: string[] = [];
  let before: number | null | undefined;
  while (before !== null) {
    const from = before === undefined ? {} : { before };
    const { entries, next } = await node.call('archive.list', { conversation, limit: PAGE, ...from });
    for (const { message } of entries) if (message !== null) newestFirst.push(message.id);
    before = next;
  }
  return newestFirst.reverse();
}

/** A conversation under load between members of two organisations. */
export interface Talk {
  readonly conversation: string;
  readonly load: Load;
  readonly writer: ProcessMember;
  readonly reader: ProcessMember;
  /** The writer's first. */
  readonly organisations: readonly [OrganisationProcess, OrganisationProcess];
}

/**
 * Ends the load, and waits until everybody has everything. Fails unless all that was written was acknowledged, is in
 * both archives and was shown to both members, once and in the order it was written; and both archives verify.
 */
export async function assertNothingLost(talk: Talk): Promise<void> {
  const { conversation, load, writer, reader, organisations } = talk;
  await load.finish();
  const expected = [conversation, ...load.written];
  for (const member of [writer, reader])
    await member.until(() => member.shown(conversation).length >= expected.length);
  await writer.delivered(expected.at(-1)!);

  assert.deepEqual(load.others, [], 'everything that was written is archived');
  assert.equal(load.acknowledged.size, load.written.length);
  for (const organisation of organisations) {
    assert.deepEqual(await archivedIds(organisation, conversation), expected);
    await assertArchiveVerifies(organisation);
  }
  for (const member of [writer, reader]) {
    assert.deepEqual(
      member.shown(conversation),
      expected,
      'each member was shown everything once and in order',
    );
    assert.deepEqual(member.unverified, []);
  }
  const { partners } = await organisations[0].call('partner.list', {});
  assert.deepEqual(
    partners.map(({ backlog }) => backlog),
    [0],
  );
}

/** Fails when the log, its tree, or any signature in it is not as it must be. */
async function assertArchiveVerifies(node: OrganisationProcess): Promise<void> {
  const { faults } = await node.call('archive.verify', {});
  assert.deepEqual(faults, [], `${node.home.directory} is damaged`);
}
