/** A member with the chat open: writes, and sees what comes, each message as their own device verified it. */
import { openNodeClient } from '../../client/adapters/index.ts';
import type { Client, FeedEvent, MessageEvent, Sending } from '../../client/index.ts';
import { expect, until } from './narrator.ts';

export class LiveMember implements AsyncDisposable {
  readonly client: Client;
  readonly #shown = new Map<string, MessageEvent>();
  /** Partners' receipts as `message domain`. */
  readonly #receipts = new Set<string>();
  #fault: string | undefined;

  private constructor(client: Client) {
    this.client = client;
    void this.#follow();
  }

  /** Opens the device and connects; the conversations it is in are there then. */
  static async open(home: string): Promise<LiveMember> {
    const client = await openNodeClient({ home });
    try {
      const member = new LiveMember(client);
      await client.connect();
      await client.synced();
      return member;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  /** The id of the group with this title. */
  async group(title: string): Promise<string> {
    const found = (await this.client.conversations()).find((conversation) => conversation.title === title);
    expect(found !== undefined, `${this.client.address} is in no group called ${title}`);
    return found.id;
  }

  /** Writes into a group; it is on the device's disk then. */
  async write(title: string, text: string): Promise<Sending> {
    return this.client.send(await this.group(title), text);
  }

  /** Writes, and resolves with the id when the own organisation has archived it. */
  async say(title: string, text: string): Promise<string> {
    const { id, sent } = await this.write(title, text);
    const outcome = await sent;
    expect(outcome.state === 'archived', `${this.client.address} could not send: ${JSON.stringify(outcome)}`);
    return id;
  }

  /** Resolves with a message as this device shows it. */
  async sees(id: string, signal: AbortSignal): Promise<MessageEvent> {
    await until(signal, () => this.#healthy() && this.#shown.has(id));
    return this.#shown.get(id) as MessageEvent;
  }

  /** Resolves when the partner's receipt for a message is here. */
  async delivered(id: string, domain: string, signal: AbortSignal): Promise<void> {
    await until(signal, () => this.#healthy() && this.#receipts.has(`${id} ${domain}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }

  #healthy(): boolean {
    expect(this.#fault === undefined, `at ${this.client.address}: ${this.#fault}`);
    return true;
  }

  async #follow(): Promise<void> {
    for await (const event of this.client.messages('')) this.#take(event);
  }

  #take(event: FeedEvent): void {
    if (event.type === 'message') this.#shown.set(event.id, event);
    else if (event.type === 'unverified') this.#fault = `${event.text} [${event.code}]`;
    else if (event.type !== 'delivery') return;
    else if (event.outcome.state === 'archived') this.#receipts.add(`${event.message} ${event.domain}`);
    else this.#fault = `${event.domain} refused a message: ${event.outcome.text} [${event.outcome.code}]`;
  }
}
