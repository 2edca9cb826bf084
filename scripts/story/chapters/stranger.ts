/** An organisation without an agreement wants to send: it is who it says it is, and is refused all the same. */
import type { OperationOutput } from '../../../node/operations/index.ts';
import { entriesOf } from '../archive-pages.ts';
import type { Chapter } from '../chapter.ts';
import { expect, until } from '../narrator.ts';
import { OFFER, PEOPLE, STRANGER } from '../sample-conversation.ts';
import type { Stage } from '../stage.ts';

const DOMAIN = 'stranger.test';

export const stranger: Chapter = {
  title: 'A stranger’s node is refused',
  about:
    'A third organisation has everything in order: keys, a record in a signed zone, a node. What it lacks is an agreement with acme.test.',
  async play(stage) {
    const { narrator } = stage;
    await narrator.step('stranger.test runs, and its operator adds acme.test as a partner', () =>
      settle(stage),
    );
    await narrator.step('its own archive takes the message for Alice', async () => {
      await stage.showMember('stranger', ['send', PEOPLE.alice.address, OFFER]);
    });
    await narrator.step('acme.test refuses the node [agreement.missing]', async (signal) => {
      const refused = async (): Promise<boolean> =>
        (await asPartner(stage)).lastError?.code === 'agreement.missing';
      await until(signal, refused);
      await stage.showOperator(DOMAIN, ['partner', 'list']);
      const { connected, backlog } = await asPartner(stage);
      expect(!connected && backlog > 0, 'the message has left the stranger’s node');
    });
    await narrator.step('acme.test has archived nothing of it, and Alice has seen nothing', async () => {
      const said = await entriesOf(stage, 'acme.test', ['--person', STRANGER.address]);
      expect(
        said.length === 0,
        `the archive of acme.test holds ${said.length} entries of ${STRANGER.address}`,
      );
      const conversations = await (await stage.live('alice')).client.conversations();
      expect(
        conversations.every(({ owner }) => owner !== DOMAIN),
        'Alice sees a conversation of the stranger’s',
      );
    });
    await stage.organisation(DOMAIN).stop();
  },
};

async function settle(stage: Stage): Promise<void> {
  const { narrator } = stage;
  narrator.command(DOMAIN, `chancery init ${DOMAIN} …`);
  const organisation = await stage.found(DOMAIN);
  narrator.command(DOMAIN, 'chancery start');
  await organisation.start();
  await stage.operate(DOMAIN, ['member', 'add', STRANGER.address, '--name', STRANGER.name]);
  const { invitation } = (await stage.operate(DOMAIN, [
    'member',
    'invite',
    STRANGER.address,
  ])) as OperationOutput<'member.invite'>;
  await stage.enrol('stranger', STRANGER.address, invitation, 'laptop');
  const { addresses } = await stage.organisation('acme.test').call('status', {});
  const where = addresses.flatMap((address) => ['--address', address]);
  await stage.operate(DOMAIN, ['partner', 'add', 'acme.test', ...where, '--yes']);
}

/** How the stranger's node sees acme.test. */
async function asPartner(stage: Stage): Promise<OperationOutput<'partner.list'>['partners'][number]> {
  const { partners } = await stage.organisation(DOMAIN).call('partner.list', {});
  const [acme] = partners;
  expect(acme !== undefined, 'stranger.test has no partner');
  return acme;
}
