/** What lies in an organisation's home says nothing of who its people are and what they wrote, to who has no key. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Level } from 'level';
import { TestDevice } from '../support/test-device.ts';
import { startPartners } from '../support/partners.ts';
import type { TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

/** Each stands for a kind of thing that must not be read: addresses, names, texts, titles, roles, reasons, labels. */
const WORDS = [
  'zacharias',
  'Zacharias Quux',
  'philomena',
  'Philomena Xyzzy',
  'the plover egg is in the vault',
  'an answer about the egg',
  'Emerald committee',
  'whistleblowing',
  'compliance-officer',
  'partner.test',
];

/** Every way in which a word might lie in a file. */
function formsOf(word: string): Buffer[] {
  const bytes = Buffer.from(word);
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return Buffer.from(text.slice(shift === 0 ? 0 : 4, -4));
  });
  return [bytes, Buffer.from(word, 'utf16le'), Buffer.from(bytes.toString('hex')), ...base64];
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Which words are in the files of a folder, or in the rows of its database, which may lie compressed in the files. */
async function readable(folder: string, words = WORDS): Promise<string[]> {
  const haystacks: [string, Buffer][] = [];
  for (const file of await filesIn(folder)) haystacks.push([file, await readFile(file)]);
  const db = new Level<Uint8Array, Uint8Array>(join(folder, 'archive'), {
    keyEncoding: 'view',
    valueEncoding: 'view',
  });
  for await (const [key, value] of db.iterator()) {
    const row = Buffer.concat([key, Buffer.from([0]), value]);
    haystacks.push([`row ${Buffer.from(key).toString('hex')}`, row]);
  }
  await db.close();
  return words.flatMap((word) =>
    haystacks
      .filter(([, bytes]) => formsOf(word).some((form) => bytes.includes(form)))
      .map(([where]) => `${word} in ${where}`),
  );
}

/** Moves everything from the log files to tables, and merges those. */
async function compact(folder: string): Promise<void> {
  const db = new Level<string, string>(join(folder, 'archive'));
  await db.open();
  await (db as unknown as { compactRange(from: string, to: string): Promise<void> }).compactRange(
    '',
    '\uffff',
  );
  await db.close();
}

test('no name, address, text or title is in any file, neither before nor after compaction', async () => {
  const { dns, acme, partner } = await startPartners();
  const zacharias = await TestDevice.enrol(acme, 'zacharias@acme.test', 'Zacharias Quux');
  const philomena = await TestDevice.enrol(partner, 'philomena@partner.test', 'Philomena Xyzzy');
  const members = [zacharias.address, philomena.address].sort();
  const create = { kind: 'create', type: 'group', title: 'Emerald committee', members } as const;
  const [created] = await zacharias.submit(await zacharias.sign(create));
  assert.ok(created?.state === 'archived');
  const id = created.message;
  await zacharias.say(id, 'the plover egg is in the vault');
  await until('the conversation is at the partner', () => holds(partner, id));
  await philomena.say(id, 'an answer about the egg');
  await acme.operations['member.update']({
    address: 'zacharias@acme.test',
    roles: ['member', 'compliance-officer'],
    reason: 'whistleblowing desk',
  });
  await until('the answer is here', async () => {
    const { entries } = await acme.operations['archive.list']({ limit: 50 });
    return entries.some(({ summary }) => summary.includes('an answer about the egg'));
  });
  const folder = acme.settings.home.directory;
  for (const each of [zacharias, philomena]) await each.stop();
  await partner.stop();
  await acme.node.stop();
  assert.equal(
    (await readable(folder, ['acme.test/chancery'])).length,
    2,
    'the head, in a file and as a row',
  );
  assert.deepEqual(await readable(folder), []);
  await compact(folder);
  assert.deepEqual(await readable(folder), []);
  await acme.stop();
  await dns.server.stop();
});

function holds({ node }: TestNode, id: Uint8Array): boolean {
  return node.organisation.messages.position(id) !== undefined;
}
