/** Sealed files between archive nodes: had once, as they were sealed, and from where an earlier stream broke. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { SealedFiles } from '../../../node/attachments/index.ts';
import { answerFiles, fetchFile, fetchFileFrom } from '../../../node/replication/file-exchange.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import {
  FILE_PART_BYTES,
  MAX_FRAME_BYTES,
  readFrame,
  replicaFrameShape,
  writeFrame,
  type FrameChannel,
} from '../../../protocol/wire/index.ts';
import { channelPair } from '../../support/channel-pair.ts';

const always = (): boolean => true;

async function emptyFolder(t: TestContext): Promise<SealedFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-exchange-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return SealedFiles.open(folder);
}

/** Puts a file of so many bytes in its place; what it has, and its hash. */
async function put(files: SealedFiles, length: number): Promise<{ bytes: Uint8Array; sealed: Uint8Array }> {
  const bytes = crypto.getRandomValues(Buffer.alloc(Math.min(length, 65_536)));
  const whole = Buffer.alloc(length, bytes);
  const sealed = new Uint8Array(createHash('sha256').update(whole).digest());
  const path = join(files.incoming, 'one');
  await writeFile(path, whole);
  files.place(path, sealed);
  return { bytes: whole, sealed };
}

/** A stream to a node that has these files; from which places on it was asked for one. */
function streamTo(there: SealedFiles, breakAfter = Infinity): { channel: FrameChannel; asked: number[] } {
  const [ours, theirs] = channelPair();
  const asked: number[] = [];
  let left = breakAfter;
  const channel: FrameChannel = {
    ...ours,
    read() {
      left -= 1;
      return left < 0 ? Promise.reject(new Error('the stream broke')) : ours.read();
    },
  };
  const serve = async (): Promise<void> => {
    const first = valueOf(await readFrame(theirs, replicaFrameShape, MAX_FRAME_BYTES, 'request'));
    if (first.type !== 'file') throw new Error(first.type);
    asked.push(first.at);
    await answerFiles(first, theirs, there);
  };
  serve().catch(() => undefined);
  return { channel, asked };
}

test('C5: a file is had as it lies there, several on one stream', async (t) => {
  const [there, here] = [await emptyFolder(t), await emptyFolder(t)];
  const { channel } = streamTo(there);
  for (const length of [1, FILE_PART_BYTES, 3 * FILE_PART_BYTES + 17]) {
    const { bytes, sealed } = await put(there, length);
    assert.equal(await fetchFile(channel, sealed, here, always), 'here');
    assert.deepEqual(await readFile(here.path(sealed)), bytes);
    assert.ok(!existsSync(here.partPath(sealed)));
  }
});

test('a stream that breaks costs one part: the next goes on from there, also after a restart', async (t) => {
  const [there, here] = [await emptyFolder(t), await emptyFolder(t)];
  const { sealed } = await put(there, 3 * FILE_PART_BYTES + 17);
  await assert.rejects(fetchFile(streamTo(there, 2).channel, sealed, here, always));
  assert.ok(!here.has(sealed));
  const again = await SealedFiles.open(join(here.fetching, '..'));
  const { channel, asked } = streamTo(there);
  assert.equal(await fetchFile(channel, sealed, again, always), 'here');
  assert.deepEqual(asked, [2 * FILE_PART_BYTES]);
  assert.ok(await again.isWhole(sealed));
});

test('a part that was changed on the disk is found out, and the file had anew', async (t) => {
  const [there, here] = [await emptyFolder(t), await emptyFolder(t)];
  const { sealed } = await put(there, 2 * FILE_PART_BYTES);
  await writeFile(here.partPath(sealed), Buffer.alloc(100));
  assert.equal(await fetchFile(streamTo(there).channel, sealed, here, always), 'here');
  await rm(here.path(sealed));
  await writeFile(here.partPath(sealed), Buffer.alloc(5 * FILE_PART_BYTES));
  assert.equal(await fetchFile(streamTo(there).channel, sealed, here, always), 'here');
  assert.ok(await here.isWhole(sealed));
});

test('a file that is not as it was sealed, or not there, is not taken, and another node is asked', async (t) => {
  const [there, other, here] = [await emptyFolder(t), await emptyFolder(t), await emptyFolder(t)];
  const { bytes, sealed } = await put(there, FILE_PART_BYTES + 5);
  await writeFile(join(other.incoming, 'one'), bytes);
  other.place(join(other.incoming, 'one'), sealed);
  const changed = Uint8Array.from(bytes);
  changed[FILE_PART_BYTES]! ^= 1;
  await writeFile(there.path(sealed), changed);
  assert.equal(await fetchFile(streamTo(there).channel, sealed, here, always), 'changed');
  await rm(there.path(sealed));
  assert.equal(await fetchFile(streamTo(there).channel, sealed, here, always), 'lacking');
  assert.ok(!here.has(sealed) && !existsSync(here.partPath(sealed)));
  const away = (): Promise<FrameChannel> => Promise.resolve(streamTo(there, 0).channel);
  const dials = [away, ...[there, other].map((files) => () => Promise.resolve(streamTo(files).channel))];
  assert.ok(await fetchFileFrom(() => dials, here)(sealed, always, new AbortController().signal));
  assert.deepEqual(await readFile(here.path(sealed)), Buffer.from(bytes));
});

test('C11: a file whose message was disposed of while it was on its way does not come to its place', async (t) => {
  const [there, here] = [await emptyFolder(t), await emptyFolder(t)];
  const { sealed } = await put(there, 100);
  await fetchFile(streamTo(there).channel, sealed, here, () => false);
  assert.ok(!here.has(sealed) && !existsSync(here.partPath(sealed)));
});

test('who asks for files asks for nothing else on that stream', async (t) => {
  const there = await emptyFolder(t);
  const { sealed } = await put(there, 10);
  const [ours, theirs] = channelPair();
  const serving = answerFiles({ type: 'file', sealed, at: 0 }, theirs, there);
  await writeFrame(ours, { type: 'where', v: 1 });
  await assert.rejects(serving, { code: 'encoding.malformed' });
});
