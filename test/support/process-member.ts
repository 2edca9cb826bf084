/** A member's device on the client SDK, for processes under load: what it sent, what became of it, what it was shown. */
import { join } from 'node:path';
import { enrolNodeClient, openNodeClient } from '../../client/adapters/index.ts';
import type { Client, FeedEvent } from '../../client/index.ts';
import type { OrganisationProcess } from '../../scripts/processes/index.ts';
import type { ProcessWorld } from './process-world.ts';

export class ProcessMember {
  readonly client: Client;
  /** What failed its checks at this device. */
  readonly unverified: FeedEvent[] = [];
  readonly #shown = new Map<string, string[]>();
  readonly #delivered = new Set<string>();
  readonly #listeners = new Set<() => void>();

  private constructor(client: Client) {
    this.client = client;
    void this.#follow();
  }

  /** Adds a member, invites, enrols with a device in the folder, and connects; closed with the test. */
  static async join(
    { folder, ends }: Pick<ProcessWorld, 'folder' | 'ends'>,
    organisation: OrganisationProcess,
    address: string,
  ): Promise<ProcessMember> {
    await organisation.call('member.add', { address, name: address });
    const { invitation } = await organisation.call('member.invite', { address });
    const home = join(folder, `device of ${address}`);
    await enrolNodeClient({ home, invitation, label: 'test device' });
    const client = await openNodeClient({ home });
    ends.use(client);
    await client.connect();
    return new ProcessMember(client);
  }

  /** Ids of what this member was shown of a conversation, in the order of the feed. */
  shown(conversation: string): string[] {
    const ids = this.#shown.get(conversation) ?? [];
    this.#shown.set(conversation, ids);
    return ids;
  }

  /** Resolves when `holds`, which is asked again after every event of the feed. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const listener = (): void => resolve(undefined);
      this.#listeners.add(listener);
      await promise;
      this.#listeners.delete(listener);
    }
  }

  /** Resolves when a partner has said what became of a message. */
  async delivered(message: string): Promise<void> {
    await this.until(() => this.#delivered.has(message));
  }

  async #follow(): Promise<void> {
    for await (const event of this.client.messages('')) {
      if (event.type === 'message') this.shown(event.conversation).push(event.id);
      if (event.type === 'delivery') this.#delivered.add(event.message);
      if (event.type === 'unverified') this.unverified.push(event);
      for (const listener of this.#listeners) listener();
    }
  }
}
