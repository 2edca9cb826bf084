/**
 * An organisation whose only copy is an older backup: it learns from its partner what it lost, accepts that, takes back
 * the messages that the partner holds, and is witnessed again once the partner's operator accepts the loss as well.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../../scripts/processes/index.ts';
import { FILE_CHUNK_BYTES } from '../../protocol/message/index.ts';
import { makeFile, sendFile, upload } from '../support/files.ts';
import { applyPolicy } from '../support/policing.ts';
import { restoreFromBackup } from '../support/restored.ts';
import { TestDevice } from '../support/test-device.ts';
import { startPartners } from '../support/partners.ts';
import type { TestDns, TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let folder: string;
let bob: TestDevice;
let talk: Uint8Array;
/** Ids of messages that came after the backup, in hex: from us, and from the partner. */
let ours: string[];
let theirs: string[];
/** Messages with files among them. */
let files: { readonly id: Uint8Array; readonly made: ReturnType<typeof makeFile> }[];
/** How many entries the backup had. */
let size: number;

/** What the partner's answer comes to. */
function answers(then: 'hold' | 'block'): string {
  const when = '{ direction: in, contains: [{ pattern: answers }] }';
  return `version: 1\nrules:\n  - { id: answers, reason: Because., when: ${when}, then: ${then} }\npatterns: { answers: an answer }\n`;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const sizeOf = ({ node }: TestNode): number => node.organisation.log.size;
const has = ({ node }: TestNode, id: string): boolean =>
  node.organisation.messages.position(Buffer.from(id, 'hex')) !== undefined;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chancery-loss-'));
  ({ dns, acme, partner } = await startPartners({
    partner: { listen: [`/ip4/127.0.0.1/tcp/${await freePort()}`] },
  }));
  const alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
  talk = await alice.create('bob@partner.test');
  await until(
    'the conversation is there',
    () => partner.node.organisation.messages.position(talk) !== undefined,
  );
  await applyPolicy(acme, answers('hold'));
  await acme.node.submitter.round();

  ({ size } = await acme.operations.backup({ directory: join(folder, 'backup'), keys: false, from: 0 }));
  await alice.stop();
  const again = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  ours = [];
  for (const text of ['one', 'two', 'three']) ours.push(hex((await again.say(talk, text)).message!));
  await until('ours are there', () => ours.every((id) => has(partner, id)));
  const sent = makeFile(FILE_CHUNK_BYTES + 7);
  assert.equal(await upload(again, sent), 'whole');
  files = [{ id: (await sendFile(again, talk, sent.file)).id, made: sent }];
  ours.push(hex(files[0]!.id));
  await until('our file is there', () => ours.every((id) => has(partner, id)));
  theirs = [hex((await bob.say(talk, 'an answer')).message!)];
  const received = makeFile(1_000);
  assert.equal(await upload(bob, received), 'whole');
  files.push({ id: (await sendFile(bob, talk, received.file)).id, made: received });
  theirs.push(hex(files[1]!.id));
  await until('theirs are here', () => theirs.every((id) => has(acme, id)));
  await acme.node.submitter.round();
  await again.stop();
});

after(async () => {
  await bob.stop();
  await acme.stop();
  await partner.stop();
  await dns.server.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a loss is listed: how far the log had come, and each message that a partner holds', async () => {
  const before = sizeOf(acme);
  await acme.node.stop();
  assert.equal(await restoreFromBackup(acme.settings, join(folder, 'backup')), size);
  acme = await acme.restart();
  assert.equal(acme.node.organisation.log.stopped?.code, 'archive.rolled-back');
  const lost = await acme.operations['archive.lost']({});
  assert.deepEqual(
    lost.partners.map(({ domain, held, fault }) => [domain, held, fault]),
    [['partner.test', 6, null]],
  );
  assert.ok(lost.until > lost.size && lost.until <= before);
  assert.deepEqual(lost.messages.map(({ id }) => id).toSorted(), [...ours, ...theirs].toSorted());
  assert.deepEqual(
    lost.messages.map(({ position }) => position >= size),
    lost.messages.map(() => true),
  );
  assert.ok(
    lost.messages.every(
      ({ id, at }) => partner.node.organisation.messages.position(Buffer.from(id, 'hex')) === at,
    ),
  );
  await assert.rejects(acme.operations['archive.take-back']({}), { code: 'request.invalid' });
});

test('a loss is not accepted while a partner that may hold more is away, unless that is said', async () => {
  await partner.node.stop();
  const reason = 'the disk is gone';
  await assert.rejects(acme.operations['archive.accept-loss']({ reason, unasked: false }), {
    code: 'node.unreachable',
    message: /partner\.test could not be asked, and may hold more/,
  });
  const accepted = await acme.operations['archive.accept-loss']({ reason, unasked: true });
  assert.deepEqual(accepted.unasked, ['partner.test']);
  assert.ok(accepted.until > size, 'what stopped the log counts, whoever is away');
  partner = await partner.restart();
});

test('once it is accepted the log goes on, with the loss in it, and takes back what the partner holds', async () => {
  const accepted = await acme.operations['archive.accept-loss']({
    reason: 'the disk is gone',
    unasked: false,
  });
  assert.deepEqual([accepted.size, accepted.unasked], [size, []]);
  assert.equal(acme.node.organisation.log.stopped?.code, 'archive.rolled-back', 'until the next start');
  acme = await acme.restart();
  const { log, witnessing } = acme.node.organisation;
  assert.equal(log.stopped, undefined);
  const [loss] = await witnessing.losses.ofOurs();
  assert.deepEqual([loss?.size, loss?.until, loss?.reason], [size, accepted.until, 'the disk is gone']);
  assert.ok(loss?.shown.some((shown) => shown.partner === 'partner.test'));

  await applyPolicy(acme, answers('block'));
  const { taken, unasked } = await acme.operations['archive.take-back']({});
  assert.deepEqual(unasked, []);
  assert.deepEqual(
    taken.map(({ id, refused }) => [id, refused]),
    [...ours, ...theirs].map((id) => [id, null]),
  );
  for (const { id, now } of taken)
    assert.equal(acme.node.organisation.messages.position(Buffer.from(id, 'hex')), now);
  const { ledger, messages, files: here } = acme.node.organisation;
  const isHeld = (id: string): boolean => messages.isHeld(Buffer.from(id, 'hex'));
  assert.deepEqual(
    [...ours, ...theirs].filter(isHeld),
    [theirs[0]],
    'what waited then waits again, as the policy of now says; and what it would block is not turned away',
  );
  for (const { id, made } of files) {
    const { file: key } = ledger.message(messages.position(id)!)!;
    const chunk = await here.chunk(made.file, key!, 0);
    assert.deepEqual(Buffer.from(chunk), Buffer.from(made.bytes.subarray(0, FILE_CHUNK_BYTES)));
  }
  const { taken: again } = await acme.operations['archive.take-back']({});
  assert.deepEqual(
    again.map(({ id, now }) => [id, now]),
    taken.map(({ id, now }) => [id, now]),
    'each is there once',
  );
  await until('the partner has given its receipts again', async () => {
    const rows = await acme.node.organisation.messages.outbox('partner.test', 0, 10);
    return rows.length === 0;
  });
  assert.deepEqual((await acme.operations['archive.verify']({})).faults, []);
});

test('the partner witnesses the log again once its operator accepts the loss, from what both still agree on', async () => {
  const { witnessing } = partner.node.organisation;
  const known = witnessing.cosignatures.ofPartner('acme.test')!;
  assert.ok(known.size > size);
  await acme.node.submitter.round();
  assert.equal(
    witnessing.cosignatures.ofPartner('acme.test')!.size,
    known.size,
    'nothing is cosigned before',
  );
  assert.equal(acme.node.organisation.log.stopped, undefined, 'what was accepted stops nothing');
  const { baseline } = await partner.operations['partner.accept-loss']({
    domain: 'acme.test',
    size,
    reason: 'told by telephone',
  });
  assert.ok(baseline !== null && baseline <= size);
  assert.equal([...(await acme.node.submitter.round()).values()][0], 'cosigned');
  const cosigned = witnessing.cosignatures.ofPartner('acme.test')!;
  assert.deepEqual(cosigned.root, acme.node.organisation.log.rootAt(cosigned.size));
  const { alarms } = await partner.operations.status({});
  assert.deepEqual(alarms, []);
});
