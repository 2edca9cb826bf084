/** What a device is handed of its feed: all of it, a frame at a time, however large what comes late is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { platform } from '../../../node/composition/index.ts';
import { Feed } from '../../../node/devices/index.ts';
import { Decisions, fact, Signers } from '../../../node/ledger/index.ts';
import { encodeCbor } from '../../../protocol/encoding/index.ts';
import { MAX_FRAME_BYTES, MAX_PAGE, type FeedItem } from '../../../protocol/wire/index.ts';
import { policyOf, RetainingWorld, type Said } from '../../support/retaining.ts';

const ADAM = 'adam@acme.test';
const ALICE = 'alice@acme.test';
const BY = { actor: 'olive@acme.test', device: null, reason: '' };

/** As long as a text may be. */
const LONG = 'x'.repeat(16_000);
const MANY = 90;

test('messages that are released, and shown again, come a frame at a time', async (t) => {
  const world = await RetainingWorld.start(t, policyOf(0, null));
  const { ledger, members, messages, partners } = world;
  for (const address of [ADAM, ALICE]) await world.member(address);
  const conversation = await world.create([ALICE, ADAM]);
  const { size } = ledger.log;
  const said: Said[] = [];
  for (let at = 0; at < MANY; at += 1) said.push(await world.say(conversation, `${at} ${LONG}`));
  const held = [];
  for (let at = 0; at < MANY; at += 1) held.push(await world.hold(conversation, `${at} ${LONG}`, ['words']));
  for (const { decision, id } of held)
    await ledger.append([fact('review', { decision, message: id, outcome: 'release', ...BY })]);
  const reports = [];
  for (const { id, sequence: position } of said) {
    const about = { conversation, position, sender: ALICE, device: '12D3KooWAdam', partner: null };
    const traits = { key: new Uint8Array(32), hosts: [], file: null };
    const act = { what: 'made', ...about, statement: new Uint8Array(), ...traits } as const;
    const made = fact('report', { message: id, actor: ADAM, reason: '', act });
    reports.push({ id, report: (await ledger.append([made])).first });
  }
  for (const { id, report } of reports)
    await ledger.append([fact('review', { decision: report, message: id, outcome: 'dismiss', ...BY })]);
  const { suite } = platform;
  const feed = new Feed({
    ...{ domain: 'acme.test', ledger, messages, members, partners, suite, warningOf: () => '' },
    ...{ signers: new Signers(ledger, suite), decisions: new Decisions(ledger) },
  });
  const items: FeedItem[] = [];
  for (let cursor = size; ;) {
    const page = await feed.read(ADAM, cursor, MAX_PAGE);
    const { length } = encodeCbor({ type: 'feed', id: 1, ...page });
    assert.ok(length <= MAX_FRAME_BYTES, `${length} bytes`);
    if (page.items.length === 0) break;
    items.push(...page.items);
    cursor = page.cursor ?? cursor;
  }
  const released = items.filter(
    ({ type, sequence }) => type === 'message' && sequence > said.at(-1)!.sequence,
  );
  assert.equal(released.length, MANY);
  const again = items.flatMap((item) => (item.type === 'reported' ? item.again : []));
  assert.equal(again.length, MANY);
});
