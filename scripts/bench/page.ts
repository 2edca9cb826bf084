/** A page of 50 out of a conversation of many, as a device asks for it: milliseconds, the median of random places. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArchiveLog } from '../../node/archive/index.ts';
import { platform } from '../../node/composition/platform.ts';
import { sodiumSuite } from '../../node/crypto/index.ts';
import { Feed } from '../../node/devices/index.ts';
import {
  isListed,
  ledgerOn,
  Members,
  Decisions,
  Messages,
  Partners,
  Signers,
  type Ledger,
} from '../../node/ledger/index.ts';
import type { Conversation } from '../../protocol/conversation/index.ts';
import { quantile } from './quantile.ts';
import { benchSealing } from './sealing.ts';
import { BenchWriter } from './writer.ts';

const PAGE = 50;
const SAMPLES = 200;

/** Pages before the measure begins: the code is compiled while it runs, and a node runs for weeks. */
const WARM_UP = 200;

const APPEND = 1_000;

/** @param messages how many the conversation has @param bytes of text in each */
export async function measurePage(messages: number, bytes: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-page-'));
  const { log, ledger } = await openBenchLedger(join(folder, 'archive'));
  try {
    const conversation = await fill(ledger, messages, bytes);
    return await pageOf(ledger, conversation.id, messages);
  } finally {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param confirm resolves once enough other nodes hold the log up to a size */
export async function openBenchLedger(
  location: string,
  confirm?: (size: number) => Promise<void>,
): Promise<{ log: ArchiveLog; ledger: Ledger }> {
  const { sha256 } = sodiumSuite;
  const sealing = benchSealing();
  const log = await ArchiveLog.open({
    location,
    origin: 'acme.test/chancery',
    sha256,
    sealer: sealing.entries,
    clock: Date.now,
    randomBytes: platform.randomBytes,
    isListed,
    ...(confirm && { confirm }),
  });
  return { log, ledger: ledgerOn(log, 'acme.test', sha256, sealing.views) };
}

/** The median of pages at random places of a conversation of so many messages. */
export async function pageOf(ledger: Ledger, conversation: Uint8Array, messages: number): Promise<number> {
  const feed = new Feed({
    domain: 'acme.test',
    ledger,
    messages: new Messages(ledger),
    signers: new Signers(ledger, sodiumSuite),
    members: new Members(ledger),
    partners: new Partners(ledger, sodiumSuite.sha256),
    decisions: new Decisions(ledger),
    warningOf: (rule) => rule,
    suite: sodiumSuite,
  });
  const times: number[] = [];
  for (let sample = -WARM_UP; sample < SAMPLES; sample += 1) {
    const before = randomInt(PAGE, messages);
    const begin = performance.now();
    const page = await feed.history(conversation, 'alice@acme.test', before, PAGE);
    if (sample >= 0) times.push(performance.now() - begin);
    if (page.items.length !== PAGE) throw new Error(`a page of ${page.items.length} came back`);
  }
  return quantile(times, 0.5);
}

/**
 * Signed messages straight into the log. Told after each append how many there are, and how many milliseconds it took.
 */
export async function fill(
  ledger: Ledger,
  messages: number,
  bytes: number,
  onAppended: (made: number, milliseconds: number) => void = () => undefined,
): Promise<Conversation> {
  const writer = await BenchWriter.open();
  await writer.begin(ledger);
  for (let made = 0; made < messages; made += APPEND) {
    const written = await writer.facts(ledger, APPEND, bytes);
    const begin = performance.now();
    await ledger.append(written.map(({ fact }) => fact));
    onAppended(made + APPEND, performance.now() - begin);
  }
  return writer.conversation;
}
