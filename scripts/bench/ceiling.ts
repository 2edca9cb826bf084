/**
 * The ceiling of this machine for this work: the same processes, transport and disk, and of the work only what no
 * design could leave out. A sender signs; each node verifies once and writes synced batches; frames of many messages
 * go over one libp2p stream; an acknowledgement comes back. No formats, no tree, no views, no policy.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stream } from '@libp2p/interface';
import { lpStream } from '@libp2p/utils';
import { multiaddr } from '@multiformats/multiaddr';
import { Level } from 'level';
import { sodiumSigner, sodiumSuite } from '../../node/crypto/index.ts';
import { startBareHost } from './bare-host.ts';

const PROTOCOL = '/chancery-bench/1';
const GROUP = 32;
const SIGNATURE_BYTES = 64;

/** Two bare nodes and a sender, ready to be driven round by round. */
export interface Ceiling {
  /** Sends so many messages; resolves with the seconds until the last is acknowledged. */
  readonly round: (messages: number) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** Starts the bare nodes; messages have `bytes`, and at most `inFlight` are unacknowledged. */
export async function openCeiling(bytes: number, inFlight: number): Promise<Ceiling> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-ceiling-'));
  const children: ChildProcess[] = [];
  const sender = sodiumSigner(new Uint8Array(randomBytes(32)));
  const key = Buffer.from(sender.publicKey).toString('hex');
  const startNode = async (name: string, next: string): Promise<string> => {
    const child = fork(import.meta.filename, ['node', join(folder, name), key, next]);
    children.push(child);
    const [address] = (await once(child, 'message')) as [string];
    return address;
  };
  const clean = async (): Promise<void> => {
    for (const child of children) child.kill();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const last = await startNode('second', '');
    const first = await startNode('first', last);
    const host = await startBareHost();
    const stream = lpStream(await host.dialProtocol(multiaddr(first), PROTOCOL));
    return {
      async round(messages) {
        const begin = performance.now();
        await pump(stream, sender, messages, bytes, inFlight);
        return (performance.now() - begin) / 1000;
      },
      async close() {
        await host.stop();
        await clean();
      },
    };
  } catch (error) {
    await clean();
    throw error;
  }
}

async function pump(
  stream: ReturnType<typeof lpStream>,
  sender: ReturnType<typeof sodiumSigner>,
  messages: number,
  bytes: number,
  inFlight: number,
): Promise<void> {
  let underWay = 0;
  for (let sent = 0; sent < messages; sent += GROUP) {
    const frame = new Uint8Array(GROUP * (SIGNATURE_BYTES + bytes));
    for (let index = 0; index < GROUP; index += 1) {
      const at = index * (SIGNATURE_BYTES + bytes);
      const body = frame.subarray(at + SIGNATURE_BYTES, at + SIGNATURE_BYTES + bytes);
      new DataView(body.buffer, body.byteOffset).setUint32(0, sent + index);
      frame.set(sender.sign(body) as Uint8Array, at);
    }
    await stream.write(frame);
    underWay += GROUP;
    for (; underWay >= inFlight; underWay -= GROUP) await stream.read();
  }
  for (; underWay > 0; underWay -= GROUP) await stream.read();
}

/** One bare node: verifies, writes, passes on, and acknowledges when all behind it have. */
async function runNode(location: string, key: string, next: string): Promise<void> {
  const db = new Level<Uint8Array, Uint8Array>(location, {
    keyEncoding: 'view',
    valueEncoding: 'view',
  });
  await db.open();
  const host = await startBareHost();
  const publicKey = Uint8Array.from(Buffer.from(key, 'hex'));
  const onward = next === '' ? undefined : lpStream(await host.dialProtocol(multiaddr(next), PROTOCOL));
  let count = 0;
  await host.handle(PROTOCOL, (stream) => serve(stream));
  process.send?.(host.getMultiaddrs()[0]?.toString());
  process.on('disconnect', () => process.exit(0));

  async function serve(raw: Stream): Promise<void> {
    const stream = lpStream(raw);
    const waiting: Promise<void>[] = [];
    for (;;) {
      const frame = (await stream.read()).subarray();
      const done = take(frame);
      const answered = Promise.all([done, waiting.at(-1)]).then(() => stream.write(Uint8Array.of(1)));
      waiting.push(answered);
      if (waiting.length > 64) await waiting.shift();
    }
  }

  let acknowledged: Promise<unknown> = Promise.resolve();
  async function take(frame: Uint8Array): Promise<void> {
    const size = frame.length / GROUP;
    const batch = [];
    for (let index = 0; index < GROUP; index += 1) {
      const message = frame.subarray(index * size, (index + 1) * size);
      const body = message.subarray(SIGNATURE_BYTES);
      const good = sodiumSuite.verifyEd25519(publicKey, body, message.subarray(0, SIGNATURE_BYTES));
      if (!good) throw new Error('a signature does not verify');
      const at = new Uint8Array(8);
      new DataView(at.buffer).setUint32(4, count++);
      batch.push({ type: 'put' as const, key: at, value: message });
    }
    await db.batch(batch, { sync: true });
    if (onward === undefined) return;
    await onward.write(frame);
    const mine = acknowledged.then(() => onward.read());
    acknowledged = mine;
    await mine;
  }
}

const [role, location, key, next] = process.argv.slice(2);
if (role === 'node' && location !== undefined && key !== undefined) await runNode(location, key, next ?? '');
