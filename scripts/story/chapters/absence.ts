/** A partner is down while people go on writing, and catches up when it is back. */
import type { OperationOutput } from '../../../node/operations/index.ts';
import type { Chapter } from '../chapter.ts';
import { expect, until } from '../narrator.ts';
import { AFTERWARDS, GROUP, MEANWHILE, OFFLINE, PEOPLE } from '../sample-conversation.ts';
import type { Stage } from '../stage.ts';
import { homeOf, everyoneIn, expectVerified, talk } from '../talk.ts';

export const absence: Chapter = {
  title: 'One partner is down, and people go on writing',
  about:
    'Messages wait in the outbox of the archive for as long as the partner is away, and on the device for as long as its own node is away.',
  async play(stage) {
    const { narrator } = stage;
    const members = await everyoneIn(stage);
    const bob = await stage.live('bob');
    await narrator.step('partner.test has stopped in order', async () => {
      narrator.command('partner.test', `kill -TERM ${stage.organisation('partner.test').pid}`);
      const code = await stage.organisation('partner.test').stop();
      expect(code === 0, `it ended with code ${code}`);
    });
    const said = new Map<string, string>();
    await narrator.step(
      `acme.test has archived ${MEANWHILE.length} messages that partner.test does not have`,
      async (signal) => {
        for (const { who, text } of MEANWHILE) {
          signal.throwIfAborted();
          said.set(await (await stage.live(who)).say(GROUP, text), text);
          narrator.line(`${PEOPLE[who].name} (${homeOf(who)})`, text);
        }
        const waiting = await backlog(stage, 'acme.test');
        expect(waiting === MEANWHILE.length, `${waiting} messages wait, not ${MEANWHILE.length}`);
        await stage.showOperator('acme.test', ['partner', 'list']);
      },
    );
    const kept = await narrator.step('what Bob writes meanwhile waits on his device', async (signal) => {
      await until(signal, () => bob.client.state.state === 'offline');
      const sending = await bob.write(GROUP, OFFLINE.text);
      narrator.line(`${PEOPLE.bob.name} (offline)`, OFFLINE.text);
      expect(bob.client.queued === 1, `${bob.client.queued} messages wait on his device, not 1`);
      said.set(sending.id, OFFLINE.text);
      return sending;
    });
    narrator.command('partner.test', 'chancery start');
    const begin = performance.now();
    await narrator.step(
      'partner.test is back, and everyone has read everything',
      async (signal) => {
        await stage.organisation('partner.test').start();
        const shown = [...members.values()].flatMap((member) =>
          [...said].map(async ([id, text]) => expectVerified(await member.sees(id, signal), text)),
        );
        await Promise.all(shown);
        expect((await kept.sent).state === 'archived', 'Bob’s message was not archived');
        await until(
          signal,
          async () => (await backlog(stage, 'acme.test')) + (await backlog(stage, 'partner.test')) === 0,
        );
      },
      () =>
        `partner.test is back, and ${((performance.now() - begin) / 1000).toFixed(1)} s after its start everyone has read everything, and nothing waits anywhere`,
    );
    await narrator.step('the conversation goes on', (signal) => talk(stage, AFTERWARDS, signal));
  },
};

/** Messages of an archive that wait for partners. */
async function backlog(stage: Stage, domain: string): Promise<number> {
  const { partners }: OperationOutput<'partner.list'> = await stage
    .organisation(domain)
    .call('partner.list', {});
  return partners.reduce((sum, partner) => sum + partner.backlog, 0);
}
