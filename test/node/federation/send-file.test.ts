/** A file on its way to a partner: from where it broke off, and not again where the partner has it. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { IncomingFiles, SealedFiles } from '../../../node/attachments/index.ts';
import { platform } from '../../../node/composition/platform.ts';
import { sendFile } from '../../../node/federation/send-file.ts';
import type { Peer } from '../../../node/network/index.ts';
import { ChanceryError, valueOf } from '../../../protocol/errors/index.ts';
import { FILE_CHUNK_BYTES, chunksOf } from '../../../protocol/message/index.ts';
import {
  MAX_FRAME_BYTES,
  federationRequestShape,
  readFrame,
  refusalFrame,
  writeFrame,
  type FrameChannel,
} from '../../../protocol/wire/index.ts';
import { channelPair } from '../../support/channel-pair.ts';
import { chunkAt, makeFile } from '../../support/files.ts';

let folder: string;
let files: SealedFiles;
let incoming: IncomingFiles;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chancery-files-'));
  files = await SealedFiles.open(folder);
  const { randomBytes, clock: now } = platform;
  incoming = new IncomingFiles({ files, refuse: () => undefined, randomBytes, now });
});

after(() => rm(folder, { recursive: true, force: true }));

/** A partner that takes files, and whose connection breaks after so many chunks. */
async function receive(channel: FrameChannel, breakAfter: number): Promise<void> {
  for (let chunks = 0; ;) {
    const request = await readFrame(channel, federationRequestShape, MAX_FRAME_BYTES, 'request');
    if (!request.ok) return;
    const { value } = request;
    if (value.type === 'hello') {
      await writeFrame(channel, { type: 'hello', v: 1, agreement: new Uint8Array() });
      continue;
    }
    if (value.type !== 'file-begin' && value.type !== 'file-put') throw new Error(value.type);
    if (chunks === breakAfter) {
      channel.abort(new ChanceryError('node.unreachable', 'the cable was cut'));
      return;
    }
    const has =
      value.type === 'file-begin'
        ? await incoming.begin('acme.test', value.file)
        : await incoming.put('acme.test', value.digest, value.index, value.bytes);
    if (value.type === 'file-put') chunks += 1;
    await writeFrame(channel, has.ok ? { type: 'file-has', chunks: has.value } : refusalFrame(has.refusal));
  }
}

/** Sends a file; the chunks that were read for it, and what became of it. */
async function send(
  { bytes, file }: ReturnType<typeof makeFile>,
  breakAfter = Infinity,
): Promise<{ sent: number[]; code: string }> {
  const [ours, theirs] = channelPair();
  const receiving = receive(theirs, breakAfter).catch(() => undefined);
  const sent: number[] = [];
  const options = {
    partner: 'partner.test',
    agreement: () => new Uint8Array(),
    checkAgreement: () => undefined,
    open: () => Promise.resolve({ channel: ours, peer: {} as Peer }),
    file,
    chunk: (index: number) => Promise.resolve(chunkAt(bytes, (sent.push(index), index))),
    signal: new AbortController().signal,
  };
  try {
    const outcome = await sendFile(options);
    return { sent, code: outcome.ok ? 'sent' : outcome.refusal.code };
  } catch (error) {
    return { sent, code: (error as ChanceryError).code };
  } finally {
    await receiving;
  }
}

test('a file goes on from where the stream broke, and is not sent again once the partner has it', async () => {
  const made = makeFile(9 * FILE_CHUNK_BYTES + 3);
  assert.equal((await send(made, 5)).code, 'node.unreachable');
  const has = valueOf(await incoming.begin('acme.test', made.file));
  assert.equal(has, 5);
  const rest = await send(made);
  assert.equal(rest.code, 'sent');
  assert.deepEqual(rest.sent, [5, 6, 7, 8, 9]);
  assert.deepEqual(await send(made), { sent: [], code: 'sent' });
  const { key } = incoming.claim('acme.test', made.file)!;
  for (let index = 0; index < chunksOf(made.file); index += 1)
    assert.ok(Buffer.from(await files.chunk(made.file, key, index)).equals(chunkAt(made.bytes, index)));
  assert.equal(incoming.claim('acme.test', made.file), undefined);
});

test('a file that is not the one named is refused by the partner', async () => {
  const made = makeFile(2 * FILE_CHUNK_BYTES);
  const { bytes } = makeFile(2 * FILE_CHUNK_BYTES);
  assert.equal((await send({ bytes, file: made.file })).code, 'attachment.mismatch');
});
