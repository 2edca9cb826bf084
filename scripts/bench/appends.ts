/**
 * What evidence costs: messages appended a second to a bare log (LevelDB, synced, the envelope under its number and nothing
 * else), to the archive (tree, sealing, views), and to the archive with a second copy that must hold each entry before it
 * counts. The replica is a process of its own, behind libp2p and Noise, with everything it does in a node: it checks the
 * tree, makes the views and syncs. Started with a folder this is the replica.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { multiaddr } from '@multiformats/multiaddr';
import { Level } from 'level';
import { pino } from 'pino';
import { sodiumSigner, sodiumSuite } from '../../node/crypto/index.ts';
import { Backoff } from '../../node/federation/index.ts';
import type { KeyStore } from '../../node/keys/index.ts';
import type { Ledger } from '../../node/ledger/index.ts';
import { streamChannel } from '../../node/network/channel.ts';
import type { Peer } from '../../node/network/index.ts';
import { SealedFiles } from '../../node/attachments/index.ts';
import { Copies, FileFollower, Follower, Primary } from '../../node/replication/index.ts';
import { logOrigin } from '../../protocol/checkpoint/index.ts';
import { MAX_FRAME_BYTES, type FrameChannel } from '../../protocol/wire/index.ts';
import { startBareHost } from './bare-host.ts';
import { openBenchLedger } from './page.ts';
import { BenchWriter, type WrittenFact } from './writer.ts';

const PROTOCOL = '/chancery-bench/replication/1';
const DOMAIN = 'acme.test';

/** Messages in one append, as a busy node has them; and appends under way, as many devices make them. */
const APPEND = 32;
const UNDER_WAY = 16;

/** Rounds in which the three take turns: the machine has good and bad moments. */
const ROUNDS = 3;

/** Messages before the measure begins. */
const WARM_UP = 4_096;

/** Messages a second. */
export interface AppendRates {
  readonly bare: number;
  readonly archive: number;
  readonly twoCopies: number;
}

/** One way of keeping messages; `append` resolves once they count. */
interface Way {
  readonly append: (written: readonly WrittenFact[]) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** @param messages how many each is measured over @param bytes of text in each */
export async function measureAppends(messages: number, bytes: number): Promise<AppendRates> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-appends-'));
  const writer = await BenchWriter.open();
  const ways = {
    bare: await openBare(folder),
    archive: await openArchive(folder, writer),
    twoCopies: await openTwoCopies(folder, writer),
  };
  const seconds = { bare: 0, archive: 0, twoCopies: 0 };
  const names = ['bare', 'archive', 'twoCopies'] as const;
  try {
    const { ledger } = ways.archive;
    for (const name of names) await timeOf(ways[name], await writer.facts(ledger, WARM_UP, bytes));
    for (let round = 0; round < ROUNDS; round += 1) {
      const written = await writer.facts(ledger, Math.ceil(messages / ROUNDS), bytes);
      for (const name of names) seconds[name] += await timeOf(ways[name], written);
    }
  } finally {
    for (const name of names) await ways[name].close();
    await rm(folder, { recursive: true, force: true });
  }
  const rate = (name: (typeof names)[number]): number => messages / seconds[name];
  return { bare: rate('bare'), archive: rate('archive'), twoCopies: rate('twoCopies') };
}

/** Seconds until all of them count. */
async function timeOf(way: Way, written: readonly WrittenFact[]): Promise<number> {
  const begin = performance.now();
  const underWay: Promise<unknown>[] = [];
  for (let at = 0; at < written.length; at += APPEND) {
    underWay.push(way.append(written.slice(at, at + APPEND)));
    if (underWay.length >= UNDER_WAY) await underWay.shift();
  }
  await Promise.all(underWay);
  return (performance.now() - begin) / 1000;
}

async function openBare(folder: string): Promise<Way> {
  const db = new Level<Uint8Array, Uint8Array>(join(folder, 'bare'), {
    keyEncoding: 'view',
    valueEncoding: 'view',
  });
  await db.open();
  let sequence = 0;
  const row = ({ envelope }: WrittenFact): { type: 'put'; key: Uint8Array; value: Uint8Array } => {
    const key = new Uint8Array(8);
    new DataView(key.buffer).setBigUint64(0, BigInt(sequence++));
    return { type: 'put', key, value: envelope };
  };
  return { append: (written) => db.batch(written.map(row), { sync: true }), close: () => db.close() };
}

async function openArchive(
  folder: string,
  writer: BenchWriter,
  name = 'archive',
  confirm?: (size: number) => Promise<void>,
): Promise<Way & { readonly ledger: Ledger }> {
  const { log, ledger } = await openBenchLedger(join(folder, name), confirm);
  if (confirm === undefined) await writer.begin(ledger);
  return {
    ledger,
    append: (written) => ledger.append(written.map(({ fact }) => fact)),
    close: () => log.close(),
  };
}

async function openTwoCopies(folder: string, writer: BenchWriter): Promise<Way> {
  const copies = new Copies(1);
  const way = await openArchive(folder, writer, 'primary', (size) => copies.confirmed(size));
  const host = await startBareHost();
  const replica = fork(import.meta.filename, [folder]);
  const [peer] = (await once(replica, 'message')) as [string];
  const files = await SealedFiles.open(join(folder, 'primary-files'));
  const primary = primaryOf(way.ledger, files, copies, peer);
  await host.handle(PROTOCOL, (stream) => {
    primary.serve(streamChannel(stream, MAX_FRAME_BYTES), archiveNode(peer)).catch(() => undefined);
  });
  replica.send(host.getMultiaddrs()[0]?.toString() ?? '');
  await writer.begin(way.ledger);
  return {
    append: way.append,
    async close() {
      const ended = once(replica, 'exit');
      replica.disconnect();
      await ended;
      await host.stop();
      await way.close();
    },
  };
}

function primaryOf(ledger: Ledger, files: SealedFiles, copies: Copies, replica: string): Primary {
  const signer = sodiumSigner(STATEMENT_SEED);
  const nodes = [{ peer: replica, roles: ['archive'] as const, addresses: [] }];
  return new Primary({
    ledger,
    log: ledger.log,
    files,
    mayRefill: () => false,
    origin: logOrigin(DOMAIN),
    sha256: sodiumSuite.sha256,
    copies,
    roster: () => ({ domain: DOMAIN, number: 1, issued: 0, nextUpdate: 0, nodes, revoked: [] }),
    epoch: () => 0,
    signer: () => signer,
    keys: NO_KEYS,
    keyNames: () => Promise.resolve([]),
    leadership: { ledger, origin: logOrigin(DOMAIN), suite: sodiumSuite, onLeader: () => undefined },
    clock: Date.now,
    logger: silent,
  });
}

/** The replica's process: follows the primary whose address it is sent, until its parent hangs up. */
async function runReplica(folder: string): Promise<void> {
  const { log, ledger } = await openBenchLedger(join(folder, 'replica'));
  const host = await startBareHost();
  const hungUp = once(process, 'disconnect');
  const told = once(process, 'message');
  process.send?.(host.peerId.toString());
  const [address] = (await told) as [string];
  const open = async (): Promise<{ channel: FrameChannel; peer: Peer }> => {
    const stream = await host.dialProtocol(multiaddr(address), PROTOCOL);
    return { channel: streamChannel(stream, MAX_FRAME_BYTES), peer: archiveNode('primary') };
  };
  const files = await SealedFiles.open(join(folder, 'replica-files'));
  const follower = new Follower({
    ledger,
    files: new FileFollower({ ledger, files, open, backoff: new Backoff(Math.random), logger: silent }),
    origin: logOrigin(DOMAIN),
    suite: sodiumSuite,
    open,
    keys: NO_KEYS,
    backoff: new Backoff(Math.random),
    clock: Date.now,
    logger: silent,
    onForked: () => Promise.reject(new Error('the replica holds another log')),
  });
  follower.start();
  await hungUp;
  await follower.stop();
  await host.stop();
  await log.close();
}

/** What the two take each other for; the handshake that would show it is measured by itself (`identity.ts`). */
function archiveNode(id: string): Peer {
  const { publicKey } = sodiumSigner(STATEMENT_SEED);
  const leaf = { subject: { kind: 'node', roles: ['archive'] } };
  return {
    id,
    own: true,
    bundle: new Uint8Array(),
    identity: { leaf, statement: { publicKey } },
  } as unknown as Peer;
}

const STATEMENT_SEED = new Uint8Array(32).fill(9);

/** Both seal under the key of `sealing.ts`, so that none has to be handed over. */
const NO_KEYS = { list: () => Promise.resolve([]) } as unknown as KeyStore;
const silent = pino({ level: 'silent' });

const [folder] = process.argv.slice(2);
if (process.send !== undefined && folder !== undefined) await runReplica(folder);
