/** A page of 50 out of a conversation of many, as a device asks for it: milliseconds, the median of random places. */
import { randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArchiveLog } from '../../node/archive/index.ts';
import { sodiumSigner, sodiumSuite } from '../../node/crypto/index.ts';
import { Feed } from '../../node/devices/index.ts';
import { ledgerOn, Members, Messages, Partners, Signers, type Ledger } from '../../node/ledger/index.ts';
import { advance, type Conversation } from '../../protocol/conversation/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import {
  decodeMessage,
  signMessage,
  type MessageBody,
  type VerifiedMessage,
} from '../../protocol/message/index.ts';
import { quantile } from './quantile.ts';
import { benchSealing } from './sealing.ts';

const PAGE = 50;
const SAMPLES = 200;
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

export async function openBenchLedger(location: string): Promise<{ log: ArchiveLog; ledger: Ledger }> {
  const { sha256 } = sodiumSuite;
  const sealing = benchSealing();
  const log = await ArchiveLog.open({
    location,
    origin: 'acme.test/chancery',
    sha256,
    sealer: sealing.entries,
    clock: Date.now,
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
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
    suite: sodiumSuite,
  });
  const times: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const before = randomInt(PAGE, messages);
    const begin = performance.now();
    const page = await feed.history(conversation, before, PAGE);
    times.push(performance.now() - begin);
    if (page.items.length !== PAGE) throw new Error(`a page of ${page.items.length} came back`);
  }
  return quantile(times, 0.5);
}

/**
 * Signed messages straight into the log: what intake checks is not what is measured here. Told after each append how many
 * there are, and how many milliseconds it took.
 */
export async function fill(
  ledger: Ledger,
  messages: number,
  bytes: number,
  onAppended: (made: number, milliseconds: number) => void = () => undefined,
): Promise<Conversation> {
  const store = new Messages(ledger);
  const signer = sodiumSigner(new Uint8Array(32).fill(1));
  const body: MessageBody = {
    conversation: null,
    sender: 'alice@acme.test',
    device: new Uint8Array(32),
    parents: [],
    time: Date.now(),
    salt: new Uint8Array(16),
    content: { kind: 'create', type: 'direct', title: '', members: ['alice@acme.test', 'bob@partner.test'] },
  };
  const decode = async (made: MessageBody): Promise<VerifiedMessage> =>
    valueOf(decodeMessage(await signMessage(made, signer), sodiumSuite)) as VerifiedMessage;
  const create = await decode(body);
  const conversation = valueOf(advance(undefined, create, sodiumSuite.sha256));
  await ledger.append([store.factOf({ message: create, before: undefined, after: conversation, via: null })]);
  const text = 'x'.repeat(bytes);
  for (let made = 0; made < messages; made += APPEND) {
    const facts = [];
    for (let index = 0; index < APPEND; index += 1) {
      const message = await decode({
        ...body,
        conversation: conversation.id,
        time: body.time + made + index,
        salt: new Uint8Array(randomBytes(16)),
        content: { kind: 'text', text },
      });
      facts.push(store.factOf({ message, before: conversation, after: conversation, via: null }));
    }
    const begin = performance.now();
    await ledger.append(facts);
    onAppended(made + APPEND, performance.now() - begin);
  }
  return conversation;
}
