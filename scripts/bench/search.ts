/**
 * The search, when the archive is large: what indexing costs an append, how long a search takes, and the memory of the
 * process that searches; beside it SQLite's FTS5 on the same texts. CHANCERY_BENCH_ENTRIES sets how many messages (default
 * 1,000,000). Prints one object. Started with a folder it is the process that searches there.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeConversation } from '../../protocol/conversation/index.ts';
import { headed } from '../../node/ledger/fact.ts';
import { Messages, type AdmittedMessage, type Fact, type Ledger } from '../../node/ledger/index.ts';
import { Search, SearchIndex } from '../../node/search/index.ts';
import { FullText } from './full-text.ts';
import { openBenchLedger } from './page.ts';
import { quantile } from './quantile.ts';
import { SearchCorpus } from './search-corpus.ts';
import { Texts } from './texts.ts';

const ENTRIES = Number(process.env['CHANCERY_BENCH_ENTRIES'] ?? 1_000_000);

/** Messages in one append, as a busy node has them; and appends under way, as many devices make them. */
const APPEND = 32;
const UNDER_WAY = 16;

/**
 * Messages of a round, in which archive with index and archive without take turns, the one first and then the other, and
 * FTS5 after them; and rounds that are compared. What else the machine does hits both sides of a round alike.
 */
const ROUND = 16_384;
const COMPARED = 9;

const SEARCHES = 500;
const WARM_UP = 100;
const PAGE = 50;

interface Queries {
  /** Words and phrases alone, which FTS5 answers as well, and such with filters. */
  readonly words: string[];
  readonly filtered: string[];
}

const logger = { error: (facts: object, message: string): void => console.error(message, facts) };

export interface SearchFigures {
  readonly p50: number;
  readonly p99: number;
  readonly ftsP50: number;
  readonly ftsP99: number;
  readonly indexedPerSecond: number;
  readonly unindexedPerSecond: number;
  readonly ftsPerSecond: number;
  /** What an append reaches with the index of what it does without: the median of rounds, each by itself. */
  readonly appendRatio: number;
  /** Of the process that searches, and of the same when it has only opened the archive. */
  readonly rssMegabytes: number;
  readonly openedMegabytes: number;
}

type SearchKey =
  | 'search_p50_ms'
  | 'search_p99_ms'
  | 'search_fts5_p50_ms'
  | 'search_fts5_p99_ms'
  | 'search_to_fts5_p99_ratio'
  | 'search_append_per_s'
  | 'search_append_unindexed_per_s'
  | 'search_append_ratio'
  | 'search_fts5_append_per_s'
  | 'search_rss_mb'
  | 'search_rss_opened_mb';

/** The figures as the benchmark prints them. */
export function searchKeys(figures: SearchFigures): Record<SearchKey, number> {
  const { p50, p99, ftsP50, ftsP99, indexedPerSecond, unindexedPerSecond, ftsPerSecond } = figures;
  const round = (value: number, digits = 2): number => Number(value.toFixed(digits));
  return {
    search_p50_ms: round(p50),
    search_p99_ms: round(p99),
    search_fts5_p50_ms: round(ftsP50),
    search_fts5_p99_ms: round(ftsP99),
    search_to_fts5_p99_ratio: round(p99 / ftsP99),
    search_append_per_s: round(indexedPerSecond, 0),
    search_append_unindexed_per_s: round(unindexedPerSecond, 0),
    search_append_ratio: round(figures.appendRatio),
    search_fts5_append_per_s: round(ftsPerSecond, 0),
    search_rss_mb: round(figures.rssMegabytes, 0),
    search_rss_opened_mb: round(figures.openedMegabytes, 0),
  };
}

/** @param entries messages that are archived and searched */
export async function measureSearch(entries: number): Promise<SearchFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-search-'));
  try {
    const rates = await fillAll(folder, entries);
    const { stdout, stderr, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), folder]);
    if (status !== 0) throw new Error(stderr.toString());
    return { ...rates, ...(JSON.parse(stdout.toString()) as Omit<SearchFigures, keyof typeof rates>) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fillAll(
  folder: string,
  entries: number,
): Promise<Pick<SearchFigures, 'indexedPerSecond' | 'unindexedPerSecond' | 'ftsPerSecond' | 'appendRatio'>> {
  const corpus = new SearchCorpus();
  const [indexed, bare] = [
    await openBenchLedger(join(folder, 'archive')),
    await openBenchLedger(join(folder, 'bare')),
  ];
  const index = await SearchIndex.open({ ledger: indexed.ledger, logger });
  const fts = new FullText(folder);
  const views = new Messages(indexed.ledger);
  const seconds = { indexed: [] as number[], bare: [] as number[], fts: [] as number[] };
  const beginnings = corpus.beginnings();
  for (const { ledger } of [indexed, bare]) await append(ledger, beginnings, (one) => views.factOf(one));
  addTo(fts, 0, beginnings.map(textOf));
  const queries = { words: [] as string[], filtered: [] as string[] };
  for (let made = 0, round = 0; made < entries; made += ROUND, round += 1) {
    const messages = corpus.messages(Math.min(ROUND, entries - made));
    addQueries(queries, corpus, messages);
    const isCompared = round > 0 && round <= COMPARED && messages.length === ROUND;
    const withIndex = async (): Promise<void> => {
      await append(indexed.ledger, messages, (one) => views.factOf(one));
      await index.stored(); // what is stored later would be on the account of the others
    };
    const without = (): Promise<void> => append(bare.ledger, messages, unindexed);
    const bareFirst = isCompared && round % 2 === 0 ? await timeOf(without) : undefined;
    const took = await timeOf(withIndex);
    if (isCompared) {
      seconds.indexed.push(took);
      seconds.bare.push(bareFirst ?? (await timeOf(without)));
    }
    const texts = messages.map(textOf);
    const ftsTook = await timeOf(() => addTo(fts, indexed.ledger.log.size - messages.length, texts));
    if (isCompared) seconds.fts.push(ftsTook);
  }
  await index.stored();
  await index.stop();
  for (const { log } of [indexed, bare]) await log.close();
  fts.close();
  await writeFile(join(folder, 'queries.json'), JSON.stringify(queries));
  const rate = (took: readonly number[]): number => ROUND / quantile(took, 0.5);
  return {
    indexedPerSecond: rate(seconds.indexed),
    unindexedPerSecond: rate(seconds.bare),
    ftsPerSecond: rate(seconds.fts),
    appendRatio: quantile(
      seconds.indexed.map((took, at) => (seconds.bare[at] ?? NaN) / took),
      0.5,
    ),
  };
}

async function timeOf(work: () => Promise<void> | void): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

async function append(
  ledger: Ledger,
  messages: readonly AdmittedMessage[],
  factOf: (message: AdmittedMessage) => Fact,
): Promise<void> {
  const underWay: Promise<unknown>[] = [];
  for (let at = 0; at < messages.length; at += APPEND) {
    underWay.push(ledger.append(messages.slice(at, at + APPEND).map(factOf)));
    if (underWay.length >= UNDER_WAY) await underWay.shift();
  }
  await Promise.all(underWay);
}

/** The record of a message that is not made to be found. */
function unindexed({ message, before, after, via }: AdmittedMessage): Fact {
  const { id, sender, device, content, time, envelope } = message;
  return headed(
    'message',
    { envelope, via },
    {
      id,
      conversation: after.id,
      sender,
      device,
      kind: content.kind,
      origin: time,
      from: via?.domain ?? null,
      position: via?.position ?? null,
      conversationAfter: before === after ? null : encodeConversation(after),
    },
  );
}

/** In transactions of as many as one batch of the archive has. */
function addTo(fts: FullText, first: number, texts: readonly string[]): void {
  const size = APPEND * UNDER_WAY;
  for (let at = 0; at < texts.length; at += size) fts.add(first + at, texts.slice(at, at + size));
}

function textOf({ message: { content } }: AdmittedMessage): string {
  return content.kind === 'text' ? content.text : '';
}

/** Some that people may ask, of words that are frequent, rare and in between, and of what a message of this round says. */
function addQueries(queries: Queries, { texts }: SearchCorpus, messages: readonly AdmittedMessage[]): void {
  const message = messages[Math.floor(texts.random() * messages.length)];
  if (message === undefined) return;
  const said = textOf(message).split(' ');
  const at = Math.floor(texts.random() * (said.length - 2));
  const [one = '', two = '', three = ''] = said.slice(at);
  const { sender } = message.message;
  const rare = texts.word(50_000 + texts.uneven(50_000));
  queries.words.push(one, `${texts.word()} ${texts.word()}`, `"${one} ${two}"`, `"${one} ${two} ${three}"`);
  queries.words.push(
    `${one} ${three}`,
    rare,
    `${rare} ${texts.word()}`,
    texts.word(texts.uneven(50)),
    'nowhere',
  );
  queries.filtered.push(`${one} from:${sender}`, `"${one} ${two}" direction:in`, `${two} with:partner3.test`);
  queries.filtered.push(`${texts.word()} -${one}`, `from:${sender.split('@')[0] ?? ''} ${rare}`);
}

/** Searches the archive in a folder, and prints how long it took. */
async function searchAll(folder: string): Promise<void> {
  const { log, ledger } = await openBenchLedger(join(folder, 'archive'));
  const openedMegabytes = residentMegabytes();
  const index = await SearchIndex.open({ ledger, logger });
  await index.caughtUp();
  const recordSearch = (): Promise<void> => Promise.resolve();
  const search = new Search({ ledger, index, conversationId: (id) => Promise.resolve(id), recordSearch });
  const { words, filtered } = JSON.parse(await readFile(join(folder, 'queries.json'), 'utf8')) as Queries;
  const chosen = shuffled([...words, ...filtered], SEARCHES + WARM_UP);
  const times = await timesOf(chosen, (query) => search.find({ query, limit: PAGE, below: null }));
  const rssMegabytes = residentMegabytes();
  const fts = new FullText(folder);
  const alike = shuffled(words, SEARCHES + WARM_UP);
  const ftsTimes = await timesOf(alike, (query) => fts.find(query, PAGE));
  for (const query of alike) {
    const { sequences } = await search.find({ query, limit: PAGE, below: null });
    assertSame(query, sequences, fts.find(query, PAGE));
  }
  const [p50, p99, ftsP50, ftsP99] = [times, ftsTimes].flatMap((sample) => [
    quantile(sample, 0.5),
    quantile(sample, 0.99),
  ]);
  console.log(JSON.stringify({ p50, p99, ftsP50, ftsP99, rssMegabytes, openedMegabytes }));
  fts.close();
  await index.stop();
  await log.close();
}

function residentMegabytes(): number {
  return process.memoryUsage.rss() / 1024 / 1024;
}

/** A phrase of three words may be found where each two of them follow each other, and nothing else that is not there. */
function assertSame(query: string, found: readonly number[], expected: readonly number[]): void {
  const last = found.length < PAGE ? 0 : (found.at(-1) ?? 0);
  const isPhrase = query.startsWith('"');
  const isThere = expected.every((one) => one < last || found.includes(one));
  if (isThere && (isPhrase || found.length === expected.length)) return;
  throw new Error(`${query}: found ${found.join(' ')}, and FTS5 ${expected.join(' ')}`);
}

/** Milliseconds of each but the first, which warm up. */
async function timesOf(queries: readonly string[], find: (query: string) => unknown): Promise<number[]> {
  const times: number[] = [];
  for (const query of queries) {
    const begin = performance.now();
    await find(query);
    times.push(performance.now() - begin);
  }
  return times.slice(WARM_UP);
}

/** So many of them in an order that is the same every time. */
function shuffled(queries: readonly string[], count: number): string[] {
  const texts = new Texts(2);
  return Array.from({ length: count }, () => queries[Math.floor(texts.random() * queries.length)] ?? '');
}

const [folder] = process.argv.slice(2);
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (folder === undefined)
    console.log(JSON.stringify({ entries: ENTRIES, ...searchKeys(await measureSearch(ENTRIES)) }));
  else await searchAll(folder);
}
