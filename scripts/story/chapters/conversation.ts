/** A group across both organisations, and a conversation in it. */
import type { Chapter } from '../chapter.ts';
import { expect } from '../narrator.ts';
import { GROUP, PEOPLE, TALK } from '../sample-conversation.ts';
import { everyoneIn, talk } from '../talk.ts';

export const conversation: Chapter = {
  title: 'A group across both, and a conversation',
  about:
    'A message is signed on its device, archived at home before anyone reads it, archived by the partner, and verified again by every device that shows it.',
  async play(stage) {
    const { narrator } = stage;
    await narrator.step(`Alice has started “${GROUP}”`, async () => {
      const others = [PEOPLE.adam, PEOPLE.bob, PEOPLE.bella].map(({ address }) => address);
      await stage.showMember('alice', ['new', '--to', others.join(','), '--title', GROUP]);
    });
    await narrator.step('all four have the chat open', () => everyoneIn(stage));
    await narrator.step(
      'everyone has read everything, and the archives have each other’s receipts',
      (signal) => talk(stage, TALK, signal),
      () =>
        `${TALK.length} messages: read by all four, their own people known as such, the others verified through DNSSEC; every receipt is in`,
    );
    await narrator.step('Alice sees how her organisation knows Bob', async () => {
      const seen = await stage.showMember('alice', ['who', PEOPLE.bob.address]);
      expect(seen.includes('verified through DNSSEC'), 'Bob is not shown as verified');
    });
  },
};
