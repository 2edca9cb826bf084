/** Waits until a message is archived, and if wanted until every partner organisation in the conversation has it. */
import { domainOf } from '../../protocol/conversation/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { refusalOf } from '../../protocol/wire/index.ts';
import type { Client, DeliveryEvent, Outcome, Sending } from '../index.ts';

/** Resolves when our organisation's archive has it. Throws the code it was refused with, or why sending pauses. */
export async function awaitArchived(
  client: Client,
  { sent }: Sending,
): Promise<Extract<Outcome, { state: 'archived' }>> {
  const { promise: trouble, reject } = Promise.withResolvers<never>();
  const stop = client.onTrouble(({ code, message }) => {
    reject(
      new ChanceryError(
        code,
        `${message}; the message waits in the outbox and goes out with the next command`,
      ),
    );
  });
  try {
    const outcome = await Promise.race([sent, trouble]);
    if (outcome.state === 'archived') return outcome;
    if (outcome.state === 'queued') {
      throw new ChanceryError(
        'node.unreachable',
        'closed before it was sent; the message waits in the outbox',
      );
    }
    throw ChanceryError.from(refusalOf({ code: outcome.code, message: outcome.text }).refusal);
  } finally {
    stop();
  }
}

/** Resolves with one delivery a partner. Throws the code with which a partner refused it. */
export async function awaitDelivered(
  client: Client,
  message: string,
  members: readonly string[],
): Promise<DeliveryEvent[]> {
  const own = domainOf(client.address);
  const waiting = new Set(members.map(domainOf).filter((domain) => domain !== own));
  const events = client.messages(client.position);
  const deliveries: DeliveryEvent[] = [];
  const take = (delivery: DeliveryEvent): void => {
    if (delivery.outcome.state === 'refused') {
      const { code, text } = delivery.outcome;
      throw ChanceryError.from(
        refusalOf({ code, message: `${delivery.domain} refused it: ${text}` }).refusal,
      );
    }
    if (waiting.delete(delivery.domain)) deliveries.push(delivery);
  };
  (await client.deliveries(message)).forEach(take);
  while (waiting.size > 0) {
    const { value: event } = await events.next();
    if (event === undefined) break;
    if (event.type === 'delivery' && event.message === message) take(event);
  }
  return deliveries;
}
