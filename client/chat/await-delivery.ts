/** Waits until a message is archived, and if wanted until every partner organisation in the conversation has it. */
import { domainOf } from '../../protocol/conversation/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { refusalOf } from '../../protocol/wire/index.ts';
import type { Client, DeliveryEvent, Outcome, Sending } from '../index.ts';

/**
 * Writes messages and resolves, with the last one's outcome, when our organisation's archive has them. Throws the
 * code one was refused with, why sending pauses, or why there is no connection when a second attempt fails: they then
 * wait in the outbox.
 */
export async function archived(
  client: Client,
  write: () => Promise<readonly Sending[]>,
): Promise<Extract<Outcome, { state: 'archived' }>> {
  const { promise: held, reject } = Promise.withResolvers<never>();
  held.catch(() => undefined); // heard below, once something is written
  const hold = ({ code, message }: ChanceryError): void => {
    reject(new ChanceryError(code, `${message}; what was written waits in the outbox for the next command`));
  };
  let lost = false;
  const stops = [
    client.onStall(hold),
    client.onState((state) => {
      if (state.state === 'offline' && lost) hold(state.error);
      lost = state.state === 'offline';
    }),
  ];
  try {
    let last: Extract<Outcome, { state: 'archived' }> | undefined;
    for (const { sent } of await write()) last = requireArchived(await Promise.race([sent, held]));
    if (last === undefined) throw new ChanceryError('internal', 'nothing was written');
    return last;
  } finally {
    for (const stop of stops) stop();
  }
}

function requireArchived(outcome: Outcome): Extract<Outcome, { state: 'archived' }> {
  switch (outcome.state) {
    case 'archived':
      return outcome;
    case 'queued':
      throw new ChanceryError('node.unreachable', 'closed before it was sent; it waits in the outbox');
    case 'refused':
      throw ChanceryError.from(refusalOf({ code: outcome.code, message: outcome.text }).refusal);
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
