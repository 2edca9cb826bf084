/** Views that are made anew from the log are the ones that were there, and are believed by nobody before they are whole. */
import assert from 'node:assert/strict';
import { cp, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import { ArchiveLog } from '../../../node/archive/index.ts';
import { openWholeLog } from '../../../node/composition/whole-views.ts';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import {
  fact,
  isListed,
  ledgerOn,
  ledgerToRemake,
  remakeViews,
  type Ledger,
} from '../../../node/ledger/index.ts';
import { archiveOptions, record, testSealing } from '../../support/archive.ts';
import { Corpus } from '../../support/corpus.ts';
import { policeCorpus, policedView } from '../../support/policed.ts';

const MESSAGES = 700;

const { sha256 } = sodiumSuite;

/** A hold of which custodians are told, one that is over, and what they acknowledged of both, once and again. */
async function hold(ledger: Ledger): Promise<void> {
  const scope = {
    ...{ people: ['alice@acme.test', 'bob@acme.test'], conversations: [], organisations: [], words: [] },
    ...{ from: null, until: null },
  };
  const placed = { scope, actor: 'olive@acme.test', reason: 'a claim', notice: 'Delete nothing.' };
  const { first } = await ledger.append([
    fact('hold', { ...placed, matter: 'Smith v. Acme' }),
    fact('hold', { ...placed, matter: 'settled' }),
  ]);
  for (const [person, device] of [
    ['alice@acme.test', 'laptop'],
    ['bob@acme.test', 'tablet'],
    ['alice@acme.test', 'phone'],
  ] as const)
    await ledger.append([fact('hold-notice', { hold: first, person, device })]);
  await ledger.append([fact('hold-notice', { hold: first + 1, person: 'bob@acme.test', device: 'tablet' })]);
  const released = { matter: 'settled', holds: [first + 1], expires: 0, reason: 'settled' };
  const asked = { ...released, state: 'requested', request: null, actor: 'olive@acme.test' } as const;
  const { first: request } = await ledger.append([fact('hold-release', asked)]);
  const approved = { ...released, state: 'approved', request, actor: 'oscar@acme.test' } as const;
  await ledger.append([fact('hold-release', approved)]);
}

/** Every row of every view, opened, but for those of the search index, which that makes anew itself. */
async function rowsOf(ledger: Ledger): Promise<string[]> {
  const rows: string[] = [];
  for await (const [key, value] of ledger.iterate({ gte: Uint8Array.of(0x10) })) {
    if (key[0] === 0x46 || key[0] === 0x47 || key[0] === 0x56) continue;
    rows.push(`${Buffer.from(key).toString('hex')} ${Buffer.from(value).toString('hex')}`);
  }
  return rows;
}

test('views that were lost and changed are made anew, whatever cuts that short, and the log stays as it is', async (t) => {
  const corpus = await Corpus.open(t, [
    ['alice@acme.test', 'bob@acme.test'],
    ['alice@acme.test', 'carol@partner.test'],
  ]);
  for (let at = 0; at < MESSAGES; at += 50)
    await corpus.say(
      ...Array.from({ length: 50 }, (_, more) => ({
        text: `message ${at + more}`,
        sender: 'alice@acme.test',
        conversation: (at + more) % 2,
      })),
    );
  await hold(corpus.ledger);
  const expected = await rowsOf(corpus.ledger);
  const { head } = corpus.ledger.log;
  assert.ok(expected.length > 2 * MESSAGES);
  await corpus.close();

  const open = (): Promise<ArchiveLog> => ArchiveLog.open(archiveOptions(join(corpus.folder, 'archive')));
  const { views } = testSealing();
  {
    await using log = await open();
    const ledger = ledgerOn(log, 'acme.test', sha256, views);
    const keys: Uint8Array[] = [];
    for await (const [key] of log.iterate({ gte: Uint8Array.of(0x10) })) keys.push(key);
    const dropped = keys.filter((_, at) => at % 3 === 0);
    await log.derive(dropped.map((key) => ({ type: 'del', key })));
    await log.derive([
      { type: 'put', key: ledger.keys.said('mallory@acme.test', 3), value: new Uint8Array(0) },
    ]);
    assert.notDeepEqual(await rowsOf(ledger), expected);
  }
  const pages: number[] = [];
  for (let isDone = false; !isDone;) {
    await using log = await open();
    const ledger = ledgerToRemake(log, 'acme.test', sha256, views);
    isDone = await remakeViews(ledger, (done, size) => {
      pages.push(done);
      if (done < size) throw new Error('cut short');
    }).then(
      () => true,
      () => false,
    );
    if (!isDone)
      assert.throws(() => ledgerOn(log, 'acme.test', sha256, views), {
        code: 'archive.unindexed',
        facts: { upTo: pages.at(-1) },
      });
  }
  assert.deepEqual(pages, [256, 512, head.size]);
  await using log = await open();
  const ledger = ledgerOn(log, 'acme.test', sha256, views);
  assert.deepEqual(await rowsOf(ledger), expected);
  assert.deepEqual(log.head, head);
  assert.deepEqual((await log.verify()).findings, []);
});

test('what policy and people decided is a function of the log: a copy that takes it over and views made anew tell the same', async (t) => {
  const people = [
    ['alice@acme.test', 'bob@acme.test'],
    ['alice@acme.test', 'carol@partner.test'],
  ];
  const corpus = await Corpus.open(t, people);
  await corpus.say({ text: 'hello', sender: 'bob@acme.test', conversation: 0 });
  await policeCorpus(corpus);
  const told = await policedView(corpus);
  const { open, ...counts } = told as { open: unknown[] };
  assert.deepEqual(counts, {
    ...{
      waiting: 1,
      ofCarol: 2,
      suspects: ['confirmed', 'reported'],
      hosts: 2,
      untold: ['verdict', 'verdict', 'made'],
      told: 5,
      learned: ['learned'],
    },
  });
  // the contact that waits, three that go with reports, a report of ours, one of the partner, and what it decided of that
  assert.equal(open.length, 7);
  const expected = await rowsOf(corpus.ledger);
  const copy = await corpus.copy(t);
  assert.deepEqual(await rowsOf(copy.ledger), expected);
  await corpus.close();
  const { views } = testSealing();
  await using log = await ArchiveLog.open(archiveOptions(join(corpus.folder, 'archive'), { isListed }));
  await remakeViews(ledgerToRemake(log, 'acme.test', sha256, views));
  assert.deepEqual(await rowsOf(ledgerOn(log, 'acme.test', sha256, views)), expected);
});

test('rows of views that went with the end of LevelDB’s log file are missed, and made anew before anything is appended', async (t) => {
  const corpus = await Corpus.open(t, [['alice@acme.test', 'bob@acme.test']]);
  const say = (text: string): Promise<void> =>
    corpus.say({ text, sender: 'alice@acme.test', conversation: 0 });
  for (let at = 0; at < 300; at += 1) await say(`message ${at}`);
  const expected = await rowsOf(corpus.ledger);
  const { head } = corpus.ledger.log;
  await corpus.close();
  const location = join(corpus.folder, 'archive');
  const copy = `${location}.copy`;
  await cp(location, copy, { recursive: true });
  await cp(`${location}.mark`, `${copy}.mark`);
  const name = (await readdir(location)).find((file) => file.endsWith('.log'))!;
  const { size } = await stat(join(location, name));
  await truncate(join(location, name), size - 10);

  const { views } = testSealing();
  {
    await using log = await ArchiveLog.open(archiveOptions(location));
    assert.ok(log.findings.length > 0);
    await using other = await ArchiveLog.open(archiveOptions(copy));
    await log.mend({
      fetch: async (sequences) =>
        new Map(
          await Promise.all(sequences.map(async (at) => [at, (await other.stored(at, 1))[0]!] as const)),
        ),
    });
    assert.deepEqual([log.findings, log.head], [[], head]);
    assert.notDeepEqual(await rowsOf(ledgerToRemake(log, 'acme.test', sha256, views)), expected);
    await assert.rejects(log.append([record(0)]), { code: 'archive.unindexed' });
  }
  const settings = { domain: 'acme.test', log: pino({ level: 'silent' }) };
  await using log = await openWholeLog(archiveOptions(location, { isListed }), views, settings);
  assert.deepEqual(await rowsOf(ledgerOn(log, 'acme.test', sha256, views)), expected);
  assert.equal((await log.append([record(0)])).first, head.size);
});

test('a flipped bit that is put right costs no row of a view', async (t) => {
  const corpus = await Corpus.open(t, [['alice@acme.test', 'bob@acme.test']]);
  for (let at = 0; at < 50; at += 1)
    await corpus.say({ text: `message ${at}`, sender: 'alice@acme.test', conversation: 0 });
  await corpus.reopen();
  const expected = await rowsOf(corpus.ledger);
  await corpus.close();
  const location = join(corpus.folder, 'archive');
  const name = (await readdir(location)).find((file) => file.endsWith('.ldb'))!;
  const bytes = await readFile(join(location, name));
  bytes[Math.floor(bytes.length * 0.8)]! ^= 4;
  await writeFile(join(location, name), bytes);
  await corpus.reopen();
  assert.equal(corpus.ledger.log.stopped, undefined);
  assert.deepEqual(await rowsOf(corpus.ledger), expected);
});
