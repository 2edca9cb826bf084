import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { wordsOf } from '../../../protocol/search/index.ts';
import { SearchIndex } from '../../../node/search/index.ts';
import { Corpus, type Said } from '../../support/corpus.ts';
import { seededRandom, type SeededRandom } from '../../support/seeded-random.ts';

const MEMBERS = [
  ['alice@acme.test', 'bob@partner.test'],
  ['alice@acme.test', 'carol@acme.test', 'dora@third.test'],
] as const;

/** Few words, so that many messages share some; in several scripts. */
const WORDS = 'net 30 invoice total March draft ja nein 請求書 東京 ไทย ภาษา فاتورة счёт straße'.split(' ');

function anything(random: SeededRandom): Said {
  const conversation = random.between(0, 2);
  const text = Array.from({ length: random.between(1, 9) }, () => random.pick(WORDS)).join(' ');
  return { text, sender: random.pick(MEMBERS[conversation]!), conversation };
}

async function filled(t: TestContext, count: number): Promise<{ corpus: Corpus; random: SeededRandom }> {
  const random = seededRandom(t);
  const corpus = await Corpus.open(t, MEMBERS);
  for (let made = 0; made < count; made += 10)
    await corpus.say(...Array.from({ length: 10 }, () => anything(random)));
  return { corpus, random };
}

/** Whether a message has the words of a text, and each two that follow each other there. */
function has({ text }: Said, phrase: string): boolean {
  const words = wordsOf(text);
  const wanted = wordsOf(phrase);
  const pairs = words.slice(1).map((word, at) => `${words[at]} ${word}`);
  return (
    wanted.every((word) => words.includes(word)) &&
    wanted.slice(1).every((word, at) => pairs.includes(`${wanted[at]} ${word}`))
  );
}

type Test = readonly [query: string, matches: (said: Said) => boolean];

function anyCondition(random: SeededRandom): Test {
  const word = random.pick(WORDS);
  const phrase = `${word} ${random.pick(WORDS)}`;
  const person = random.pick(MEMBERS.flat());
  const [local = '', domain = ''] = person.split('@');
  const name = random.pick([person, local, domain]);
  const isIt = (address: string): boolean => [address, ...address.split('@')].includes(name);
  return random.pick<Test>([
    [word.toUpperCase(), (said) => has(said, word)],
    [`"${phrase}"`, (said) => has(said, phrase)],
    [`from:${name}`, ({ sender }) => isIt(sender)],
    [`with:${name}`, ({ conversation }) => MEMBERS[conversation]!.some(isIt)],
    ['direction:in', ({ sender }) => !sender.endsWith('@acme.test')],
    ['direction:out', ({ sender }) => sender.endsWith('@acme.test')],
    ['has:attachment', () => false],
    ['edited:no', () => true],
  ]);
}

test('what is found is what a scan of everything finds, newest first, in pages and in number', async (t) => {
  const { corpus, random } = await filled(t, 500);
  await corpus.index.stored();
  for (let round = 0; round < 300; round += 1) {
    const conditions = Array.from({ length: random.between(1, 4) }, () => {
      const [text, matches] = anyCondition(random);
      if (random.between(0, 4) > 0) return [text, matches] as const;
      return [`-${text}`, (said: Said) => !matches(said)] as const;
    });
    const query = conditions.map(([text]) => text).join(' ');
    const expected = corpus.said
      .filter((said) => conditions.every(([, matches]) => matches(said)))
      .map(({ sequence }) => sequence)
      .reverse();
    assert.deepEqual(await corpus.find(query), expected, query);
    assert.equal(await corpus.count(query), expected.length, query);
    const paged: number[] = [];
    for (let page = await corpus.find(query, 37); page.length > 0;) {
      paged.push(...page);
      page = await corpus.find(query, 37, page.at(-1));
    }
    assert.deepEqual(paged, expected, `pages of ${query}`);
  }
});

test('a conversation is found by the beginning of its id', async (t) => {
  const { corpus } = await filled(t, 100);
  const expected = corpus.said.filter(({ conversation }) => conversation === 1).map((one) => one.sequence);
  assert.deepEqual(await corpus.find(`in:${corpus.idOf(1).slice(0, 8)}`), expected.reverse());
});

test('what was said since the index was stored is found at once, and after a restart', async (t) => {
  const { corpus } = await filled(t, 150);
  await corpus.say({ text: 'the unicorn', sender: 'alice@acme.test', conversation: 0 });
  const { sequence } = corpus.said.at(-1)!;
  assert.deepEqual(await corpus.find('UNICORN'), [sequence]);
  await corpus.reopen();
  assert.deepEqual(await corpus.find('unicorn from:alice'), [sequence]);
});

test('nothing that is found is told before the search is recorded, and nothing where that fails', async (t) => {
  const { corpus } = await filled(t, 20);
  const order: string[] = [];
  const { promise, resolve } = Promise.withResolvers<undefined>();
  corpus.record = async () => {
    await promise;
    order.push('recorded');
  };
  const found = corpus.find('net').then(() => order.push('told'));
  resolve(undefined);
  await found;
  assert.deepEqual(order, ['recorded', 'told']);
  corpus.record = () => Promise.reject(new Error('the disk is full'));
  await assert.rejects(corpus.find('net'), /disk is full/);
  await assert.rejects(corpus.count('net'), /disk is full/);
});

test('no word of a message or a query, and no token of one, can be read in the files', async (t) => {
  const { corpus } = await filled(t, 200);
  await corpus.say({ text: 'zanzibarium kumquatology', sender: 'alice@acme.test', conversation: 0 });
  await corpus.index.stored();
  assert.equal(await corpus.count('"zanzibarium kumquatology"'), 1);
  const token = corpus.ledger.tokens.of('zanzibarium');
  const asBytes = Buffer.alloc(8);
  asBytes.writeBigUInt64BE(BigInt(token));
  await corpus.close();
  const folder = join(corpus.folder, 'archive');
  for (const file of await readdir(folder)) {
    const bytes = await readFile(join(folder, file));
    for (const word of ['zanzibarium', 'kumquatology', 'invoice', 'alice', 'partner.test', '請求書'])
      assert.equal(bytes.indexOf(word), -1, `${word} in ${file}`);
    assert.equal(bytes.indexOf(asBytes.subarray(3)), -1, `a token in ${file}`);
  }
});

test('a part of the index that was changed or is lost is made anew from the log, and nothing is left out meanwhile', async (t) => {
  const { corpus } = await filled(t, 300);
  const expected = await corpus.find('net');
  for (const change of ['changed', 'lost'] as const) {
    await corpus.index.stored();
    const { keys, log } = corpus.ledger;
    const block = keys.searchBlock(64, Math.floor(corpus.ledger.tokens.of('net') / 2 ** 30));
    const value = Uint8Array.from(log.get(block)!);
    value[value.length - 1]! ^= 1;
    await log.derive([change === 'lost' ? { type: 'del', key: block } : { type: 'put', key: block, value }]);
    await assert.rejects(corpus.find('net'), { code: 'archive.unavailable' });
    await corpus.index.caughtUp();
    assert.deepEqual(await corpus.find('net'), expected);
    await corpus.index.stored();
    assert.deepEqual(await corpus.find('net'), expected);
  }
});

test('while the index is being made, a search is refused and says how far it is', async (t) => {
  const { corpus } = await filled(t, 300);
  await corpus.index.stop();
  const { ledger } = corpus;
  const segments = ledger.keys.within('searchSegment');
  for await (const [key] of ledger.log.iterate(segments)) await ledger.log.derive([{ type: 'del', key }]);
  const index = await SearchIndex.open({ ledger, logger: { error: () => undefined } });
  assert.throws(() => index.parts(), {
    code: 'archive.unavailable',
    message: /being made from the log, \d+ %/,
  });
  await index.caughtUp();
  assert.equal(index.parts()[0]?.to, 300);
  await index.stop();
});

test('a copy that has only the log finds the same, as it takes it over and after a restart', async (t) => {
  const { corpus } = await filled(t, 200);
  const copy = await corpus.copy(t);
  for (const query of ['net', '"net 30"', '東京', 'from:alice -draft']) {
    const expected = await corpus.find(query);
    assert.deepEqual(await copy.find(query), expected);
  }
  await copy.reopen();
  assert.deepEqual(await copy.find('"net 30"'), await corpus.find('"net 30"'));
});

test('what fails to be archived is not found, and what comes in its place is', async (t) => {
  const { corpus } = await filled(t, 10);
  const long = { text: `plover ${'x'.repeat(30_000)}`, sender: 'alice@acme.test', conversation: 0 };
  await assert.rejects(corpus.say(...Array.from({ length: 200 }, () => long)), { code: 'limit.exceeded' });
  await corpus.say({ text: 'kumquat', sender: 'alice@acme.test', conversation: 0 });
  assert.deepEqual(await corpus.find('kumquat'), [10]);
  assert.deepEqual(await corpus.find('plover'), []);
});
