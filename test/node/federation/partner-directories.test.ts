/** What is believed of a partner that shows its people, and what it costs when it is away or hostile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { PartnerDirectories } from '../../../node/federation/index.ts';
import type { Peer } from '../../../node/network/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import {
  MAX_FRAME_BYTES,
  federationRequestShape,
  readFrame,
  writeFrame,
  type DirectoryFrame,
  type FrameChannel,
} from '../../../protocol/wire/index.ts';
import { channelPair } from '../../support/channel-pair.ts';

const DOMAIN = 'partner.test';

type Page = { people: { address: string; name: string; roles: string[] }[]; after: string | null };
type Answer = (asked: DirectoryFrame) => Page;

function person(name: string): Page['people'][number] {
  return { address: `${name}@${DOMAIN}`, name, roles: [] };
}

/** A partner that greets and then answers as it is told. */
async function serve(channel: FrameChannel, answer: Answer): Promise<void> {
  for (;;) {
    const frame = await channel.read();
    if (frame === null) return;
    const asked = valueOf(
      await readFrame(
        { ...channel, read: () => Promise.resolve(frame) },
        federationRequestShape,
        MAX_FRAME_BYTES,
        'request',
      ),
    );
    if (asked.type === 'hello') await writeFrame(channel, asked);
    if (asked.type === 'directory')
      await writeFrame(channel, { type: 'directory', shared: 'names', ...answer(asked) });
  }
}

function directoriesOf(answer: Answer, clock = { now: 1_000 }) {
  let opened = 0;
  const directories = new PartnerDirectories({
    open: () => {
      opened += 1;
      const [here, there] = channelPair();
      void serve(there, answer).catch(() => undefined);
      return Promise.resolve({ channel: here, peer: {} as Peer });
    },
    agreement: () => new Uint8Array(),
    checkAgreement: () => undefined,
    clock: () => clock.now,
    log: pino({ level: 'silent' }),
  });
  return { directories, clock, opened: () => opened };
}

test('pages are joined; what is fresh is not asked for again, what is not is', async () => {
  const all = ['ada', 'bob', 'cid', 'dan', 'eve'].map(person);
  const { directories, clock, opened } = directoriesOf(({ after }) => {
    const people = all.filter(({ address }) => after === null || address > after).slice(0, 2);
    return { people, after: people.length === 2 ? (people[1]?.address ?? null) : null };
  });
  assert.equal(directories.of(DOMAIN), undefined);
  await directories.refresh([DOMAIN]);
  assert.deepEqual(directories.of(DOMAIN), { shared: 'names', people: all, at: 1_000 });
  await directories.refresh([DOMAIN]);
  assert.equal(opened(), 1);
  all.pop();
  clock.now += 60_000;
  await directories.refresh([DOMAIN]);
  assert.deepEqual([opened(), directories.of(DOMAIN)?.people.length], [2, 4]);
  directories.forget(DOMAIN);
  assert.equal(directories.of(DOMAIN), undefined);
});

test('whoever shows people of others, twice, out of order, or goes in circles is not believed at all', async () => {
  const foreign = { address: 'mallory@other.test', name: 'Mallory', roles: [] };
  const spelled = { address: `Ada@${DOMAIN}`, name: 'Ada', roles: [] };
  const unshowable = { address: `ada@${DOMAIN}`, name: 'A\u202eda', roles: [] };
  const answers: Answer[] = [
    () => ({ people: [person('ada'), foreign], after: null }),
    () => ({ people: [spelled], after: null }),
    () => ({ people: [unshowable], after: null }),
    () => ({ people: [person('bob'), person('ada')], after: null }),
    () => ({ people: [person('ada'), person('ada')], after: null }),
    () => ({ people: [person('ada')], after: person('bob').address }),
    () => ({ people: [], after: person('ada').address }),
    () => ({ people: [person('ada')], after: person('ada').address }),
  ];
  for (const [index, answer] of answers.entries()) {
    const { directories } = directoriesOf(answer);
    await directories.refresh([DOMAIN]);
    assert.equal(directories.of(DOMAIN), undefined, `answer ${index}`);
  }
});

test('an endless directory is had as far as the bound', async () => {
  let next = 0;
  const { directories } = directoriesOf(() => {
    const people = Array.from({ length: 500 }, () => person(`p${String((next += 1)).padStart(8, '0')}`));
    return { people, after: people.at(-1)?.address ?? null };
  });
  await directories.refresh([DOMAIN]);
  assert.equal(directories.of(DOMAIN)?.people.length, 10_000);
});

test('what was had is kept when the partner is not believed later', async () => {
  let sound = true;
  const { directories, clock } = directoriesOf(() => ({
    people: sound ? [person('ada')] : [person('bob'), person('ada')],
    after: null,
  }));
  await directories.refresh([DOMAIN]);
  sound = false;
  clock.now += 60_000;
  await directories.refresh([DOMAIN]);
  assert.deepEqual(directories.of(DOMAIN), { shared: 'names', people: [person('ada')], at: 1_000 });
});
