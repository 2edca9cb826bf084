/** A lost phone is revoked, and what it sends is refused. */
import type { OperationOutput } from '../../../node/operations/index.ts';
import { entriesOf } from '../archive-pages.ts';
import type { Chapter } from '../chapter.ts';
import { expect } from '../narrator.ts';
import { AFTER_THE_LOSS, BY_THE_FINDER, FROM_THE_PHONE, GROUP, PEOPLE } from '../sample-conversation.ts';
import type { Stage } from '../stage.ts';
import { talk } from '../talk.ts';

const PHONE = 'bob-phone';

export const revocation: Chapter = {
  title: 'A lost phone is revoked',
  about:
    'Bob enrols a second device and loses it. Once its certificate is on the roster of the revoked, its signature counts for nothing; his other device goes on.',
  async play(stage) {
    const { narrator } = stage;
    const { address } = PEOPLE.bob;
    await narrator.step('Bob’s phone is enrolled and sends', async () => {
      const { invitation } = (await stage.operate('partner.test', [
        'member',
        'invite',
        address,
      ])) as OperationOutput<'member.invite'>;
      narrator.command(PHONE, `chancery-chat enrol ${invitation.slice(0, 28)}… --label phone`);
      await stage.enrol(PHONE, address, invitation, 'phone');
      await stage.showMember(PHONE, ['send', GROUP, FROM_THE_PHONE, '--wait-delivered']);
    });
    await narrator.step('partner.test has revoked it', async () => {
      await stage.showOperator('partner.test', ['device', 'list', address]);
      await stage.showOperator('partner.test', [
        'device',
        'revoke',
        await serialOf(stage, address),
        '--reason',
        'lost',
      ]);
    });
    await narrator.step(
      'what the phone sends now is refused [device.revoked], and in no archive',
      async () => {
        await stage.showRefused(PHONE, ['send', GROUP, BY_THE_FINDER], 'device.revoked');
        for (const domain of ['acme.test', 'partner.test']) {
          const entries = await entriesOf(stage, domain);
          const texts = entries.map(({ message }) => message?.text);
          expect(!texts.includes(BY_THE_FINDER), `the archive of ${domain} holds what was refused`);
          expect(
            texts.includes(FROM_THE_PHONE),
            `the archive of ${domain} does not hold what was sent before`,
          );
        }
      },
    );
    await narrator.step('Bob’s laptop goes on, and everyone reads it', (signal) =>
      talk(stage, [AFTER_THE_LOSS], signal),
    );
  },
};

async function serialOf(stage: Stage, address: string): Promise<string> {
  const { devices } = await stage.organisation('partner.test').call('device.list', { address });
  const phone = devices.find(({ label }) => label === 'phone');
  expect(phone !== undefined, 'the phone is not on the list of devices');
  return phone.serial;
}
