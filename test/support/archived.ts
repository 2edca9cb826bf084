/** What a node's archive holds of a conversation, asked of the running node. */
import assert from 'node:assert/strict';
import type { OrganisationProcess } from '../../scripts/processes/index.ts';

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

/** Fails when the log, its tree, or any signature in it is not as it must be. */
export async function assertArchiveVerifies(node: OrganisationProcess): Promise<void> {
  const { faults } = await node.call('archive.verify', {});
  assert.deepEqual(faults, [], `${node.home.directory} is damaged`);
}

/** Messages that are archived and not yet acknowledged by partners. */
export async function backlogOf(node: OrganisationProcess): Promise<number> {
  const { partners } = await node.call('partner.list', {});
  return partners.reduce((sum, { backlog }) => sum + backlog, 0);
}
