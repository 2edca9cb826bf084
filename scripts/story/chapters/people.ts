/** Four members, each enrolled with a single-use code on a device of their own. */
import type { OperationOutput } from '../../../node/operations/index.ts';
import type { Chapter } from '../chapter.ts';
import { PEOPLE, type Who } from '../sample-conversation.ts';
import { expect } from '../narrator.ts';
import type { Stage } from '../stage.ts';
import { homeOf } from '../talk.ts';

export const people: Chapter = {
  title: 'Four people get their devices',
  about:
    'An operator adds a member and makes an invitation that works once. The key is made on the device and never leaves it; the organisation certifies it.',
  async play(stage) {
    const { narrator } = stage;
    const everyone = Object.keys(PEOPLE) as Who[];
    // the two organisations side by side, the people of each one after the other
    for (const pair of [
      everyone.filter((_, index) => index % 2 === 0),
      everyone.filter((_, index) => index % 2 === 1),
    ]) {
      await narrator.step(`${pair.map((who) => PEOPLE[who].name).join(' and ')} are enrolled`, () =>
        Promise.all(pair.map((who) => join(stage, who))),
      );
    }
    await narrator.step('Alice reads that what is written here is recorded, and acknowledges it', () =>
      acknowledge(stage),
    );
    await narrator.step('partner.test knows its two members', () =>
      stage.showOperator('partner.test', ['member', 'list']),
    );
  },
};

async function join(stage: Stage, who: Who): Promise<void> {
  const { address, name } = PEOPLE[who];
  const domain = homeOf(who);
  await stage.operate(domain, ['member', 'add', address, '--name', name]);
  const { invitation } = (await stage.operate(domain, [
    'member',
    'invite',
    address,
  ])) as OperationOutput<'member.invite'>;
  stage.narrator.command(who, `chancery-chat enrol ${invitation.slice(0, 28)}… --label laptop`);
  await stage.enrol(who, address, invitation, 'laptop');
}

/** Any command shows the notice on stderr until it is acknowledged. */
async function acknowledge(stage: Stage): Promise<void> {
  const args = ['contacts', '--accept-recording'];
  stage.narrator.command('alice', `chancery-chat ${args.join(' ')}`);
  const { code, stdout, stderr } = await (await stage.device('alice')).run(args);
  stage.narrator.output(stderr + stdout);
  expect(code === 0 && /recorded by your organisation/.test(stderr), 'there is no notice of recording');
}
