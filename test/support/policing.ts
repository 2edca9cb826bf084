/** An organisation's policy as tests bring it into force, and what its members are shown of a conversation. */
import type { FeedEvent, MessageEvent } from '../../client/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import type { TestClient } from './test-client.ts';
import type { TestNode } from './test-node.ts';
import { until } from './until.ts';

export const NO_POLICY = 'version: 1\nrules: []\n';

export async function applyPolicy({ node }: TestNode, text: string): Promise<void> {
  const by = { actor: 'operator', reason: 'test' };
  valueOf(await node.organisation.policing.desk.apply(text, 'policy.yaml', by));
}

/** All that this device was shown, newest last. */
export async function eventsOf({ client }: TestClient): Promise<FeedEvent[]> {
  const events: FeedEvent[] = [];
  if (client.position === '') return events;
  for await (const event of client.stored('')) events.push(event);
  return events;
}

export async function messagesOf(of: TestClient, conversation: string): Promise<MessageEvent[]> {
  const events = await eventsOf(of);
  return events.filter(
    (event) => event.type === 'message' && event.conversation === conversation,
  ) as MessageEvent[];
}

function textOf({ content }: Pick<MessageEvent, 'content'>): string {
  return 'text' in content ? content.text : '';
}

export async function textsOf(of: TestClient, conversation: string): Promise<string[]> {
  return (await messagesOf(of, conversation)).map(textOf);
}

export async function say(
  { client }: TestClient,
  conversation: string,
  text: string,
): Promise<{ id: string; outcome: Awaited<Awaited<ReturnType<typeof client.send>>['sent']> }> {
  const sending = await client.send(conversation, text);
  return { id: sending.id, outcome: await sending.sent };
}

/** A message that is let through comes after all that was sent before: what has not come by then does not come. */
export async function flush(
  from: TestClient,
  to: readonly TestClient[],
  conversation: string,
): Promise<void> {
  const mark = `mark ${crypto.randomUUID()}`;
  await say(from, conversation, mark);
  for (const reader of to)
    await until('the mark', async () => (await textsOf(reader, conversation)).includes(mark));
}
