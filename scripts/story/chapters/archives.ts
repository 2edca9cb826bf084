/** Both archives hold the same messages, every device shows them in the same order, receipts name the right positions, and both verify. */
import type { DeliveryEvent, FeedEvent } from '../../../client/index.ts';
import type { OperationOutput } from '../../../node/operations/index.ts';
import { entriesOf } from '../archive-pages.ts';
import type { Chapter } from '../chapter.ts';
import { expect } from '../narrator.ts';
import { GROUP, PEOPLE, type Who } from '../sample-conversation.ts';
import type { Stage } from '../stage.ts';
import { awayOf } from '../talk.ts';

/** More than the story says. */
const LIMIT = '1000';

/** Positions in each archive's log, by message. */
type Positions = ReadonlyMap<string, number>;
type Shown = FeedEvent & { readonly deliveries: readonly DeliveryEvent[] };

export const archives: Chapter = {
  title: 'The archives are compared and verified',
  about:
    'Each organisation keeps a log of its own. What they exchanged must be the same in both, and each can prove it.',
  async play(stage) {
    const { narrator } = stage;
    const positions = await narrator.step(
      'both archives hold the same messages, each once',
      () => compare(stage),
      ({ acme }) => `both archives hold the same ${acme.size} messages of the group, each once`,
    );
    await narrator.step(
      'everyone sees them in the same order, and every receipt names the position in the partner’s log',
      () => compareViews(stage, { 'acme.test': positions.acme, 'partner.test': positions.partner }),
      (receipts) =>
        `all four see them in the same order; ${receipts} receipts, each with the position at which the partner’s log has the message`,
    );
    for (const domain of ['acme.test', 'partner.test']) {
      await narrator.step(`the archive of ${domain} verifies: log, tree, and every signature`, () =>
        stage.showOperator(domain, ['archive', 'verify']),
      );
    }
  },
};

async function compare(stage: Stage): Promise<{ acme: Positions; partner: Positions }> {
  const { conversations } = (await stage.operate('acme.test', [
    'archive',
    'conversations',
  ])) as OperationOutput<'archive.conversations'>;
  const group = conversations.find(({ title }) => title === GROUP);
  expect(group !== undefined, 'the archive of acme.test does not know the group');
  const filter = ['--conversation', group.id];
  for (const domain of ['acme.test', 'partner.test']) {
    stage.narrator.command(domain, `chancery archive list --conversation ${group.id.slice(0, 8)} --json`);
  }
  const [acme, partner] = await Promise.all([
    positionsIn(stage, 'acme.test', filter),
    positionsIn(stage, 'partner.test', filter),
  ]);
  expect(
    acme.size > 0 && new Set(acme.keys()).symmetricDifference(partner).size === 0,
    'the archives hold different messages',
  );
  return { acme, partner };
}

async function positionsIn(stage: Stage, domain: string, filter: readonly string[]): Promise<Positions> {
  const entries = await entriesOf(stage, domain, filter);
  const places = entries.flatMap(({ sequence, message }) =>
    message === null ? [] : [[message.id, sequence] as const],
  );
  const positions = new Map(places);
  expect(positions.size === places.length, `the archive of ${domain} holds a message twice`);
  return positions;
}

/** The number of receipts compared. */
async function compareViews(stage: Stage, positions: Readonly<Record<string, Positions>>): Promise<number> {
  const everyone = Object.keys(PEOPLE) as Who[];
  for (const who of everyone) {
    stage.narrator.command(who, `chancery-chat history "${GROUP}" --limit ${LIMIT} --json`);
  }
  const views = await Promise.all(
    everyone.map(async (who) => {
      const device = await stage.device(who);
      const shown = (await device.chat(['history', GROUP, '--limit', LIMIT])) as Shown[];
      return shown.filter(({ type }) => type !== 'identity'); // news is shown beside messages, and archived elsewhere
    }),
  );
  const orders = views.map((view) => view.map((event) => (event.type === 'message' ? event.id : event.type)));
  expect(new Set(orders.map((order) => order.join())).size === 1, 'people see different orders');
  expect(orders[0]?.length === positions['acme.test']?.size, 'people see other messages than are archived');
  return everyone.reduce((sum, who, index) => sum + checkReceipts(who, views[index] ?? [], positions), 0);
}

/** Every own message has a receipt of the partner, with the position at which the partner's archive lists it. */
function checkReceipts(
  who: Who,
  view: readonly Shown[],
  positions: Readonly<Record<string, Positions>>,
): number {
  const domain = awayOf(who);
  const own = view.filter((event) => event.type === 'message' && event.own);
  for (const event of own) {
    const receipt = event.deliveries.find((delivery) => delivery.domain === domain);
    const id = event.type === 'message' ? event.id : '';
    expect(receipt?.outcome.state === 'archived', `there is no receipt for message ${id}`);
    const actual = positions[domain]?.get(id);
    const { position } = receipt.outcome;
    expect(position === actual, `the receipt for ${id} says ${position}, and ${domain} has it at ${actual}`);
  }
  return own.length;
}
