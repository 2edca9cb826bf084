/**
 * Gives other archive nodes sealed files as they lie here, and fetches theirs. Guarantees: what was fetched is what the hash
 * says that it was asked for by; what arrived of a file before a stream broke is not sent again.
 */
import { decodeCbor } from '../../protocol/encoding/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import {
  FILE_PART_BYTES,
  MAX_FRAME_BYTES,
  MAX_SEALED_FILE_BYTES,
  primaryFrameShape,
  readFrame,
  refusalOf,
  replicaFrameShape,
  writeFrame,
  type FrameChannel,
  type PrimaryFrame,
  type ReplicaFrame,
} from '../../protocol/wire/index.ts';
import { PartFile, type SealedFiles } from '../attachments/index.ts';

/** Parts asked for and not yet answered, once the first is here: a mebibyte, less than a stream buffers. */
const PARTS_UNDER_WAY = 4;

/** Milliseconds that a part may take. */
const PART_WITHIN_MS = 60_000;

type AskFile = Extract<ReplicaFrame, { type: 'file' }>;

/** What became of a file that was asked for: who was asked may lack it, or have it otherwise than it was sealed. */
export type Fetched = 'here' | 'lacking' | 'changed';

/** Answers a node that asks for files, one after the other until it closes. Who asks was looked at before. */
export async function answerFiles(asked: AskFile, channel: FrameChannel, files: SealedFiles): Promise<void> {
  for (let next = asked; ;) {
    await give(next, channel, files);
    const frame = await channel.read();
    if (frame === null) break;
    const heard = valueOf(decodeCbor(frame, MAX_FRAME_BYTES, replicaFrameShape, 'replication frame'));
    if (heard.type !== 'file')
      throw new ChanceryError('encoding.malformed', 'a node that asks for files asked for something else');
    next = heard;
  }
  await channel.close();
}

async function give({ sealed, at }: AskFile, channel: FrameChannel, files: SealedFiles): Promise<void> {
  const part = await files.part(sealed, at, FILE_PART_BYTES);
  await writeFrame(channel, part === undefined ? { type: 'file-lacking' } : { type: 'file-part', ...part });
}

/**
 * Fetches one file on a stream that is used for nothing else, and may be used for the next after that. It comes to its place
 * if it `isWanted` then. Throws `node.unreachable`, `encoding.malformed`, or what the node refuses with.
 */
export function fetchFile(
  channel: FrameChannel,
  sealed: Uint8Array,
  files: SealedFiles,
  isWanted: () => boolean,
): Promise<Fetched> {
  // what follows the log and what mends may want the same file at a time
  return files.inTurn(sealed, async () =>
    (await files.isWhole(sealed)) ? 'here' : fetchAlone(channel, sealed, files, isWanted),
  );
}

async function fetchAlone(
  channel: FrameChannel,
  sealed: Uint8Array,
  files: SealedFiles,
  isWanted: () => boolean,
): Promise<Fetched> {
  await using part = await PartFile.open(files, sealed);
  const isBegun = part.length > 0;
  const isThere = await takeParts(channel, sealed, part);
  // what there was of it may be no beginning of it, or longer than it is
  const isRight = await part.finish(() => isThere && isWanted());
  if (isThere && isRight) return 'here';
  if (isBegun) return await fetchAlone(channel, sealed, files, isWanted);
  return isThere ? 'changed' : 'lacking';
}

/** Asks for what is missing of a file, and appends it; whether the node has it to the end. */
async function takeParts(channel: FrameChannel, sealed: Uint8Array, part: PartFile): Promise<boolean> {
  let next = part.length;
  let underWay = 0;
  let end: boolean | undefined;
  for (let most = 1; end === undefined || underWay > 0; most = PARTS_UNDER_WAY) {
    for (; end === undefined && underWay < most && next <= MAX_SEALED_FILE_BYTES; next += FILE_PART_BYTES) {
      await writeFrame(channel, { type: 'file', sealed, at: next });
      underWay += 1;
    }
    if (underWay === 0)
      throw new ChanceryError('encoding.malformed', 'the node sent more than a file can have');
    const answer = await answered(channel);
    underWay -= 1;
    if (end !== undefined) continue; // what was asked for behind the end
    if (answer.type === 'file-lacking') end = false;
    else {
      if (answer.more && answer.bytes.length !== FILE_PART_BYTES)
        throw new ChanceryError('encoding.malformed', 'the node cut a part of a file short');
      await part.append(answer.bytes);
      if (!answer.more) end = true;
    }
  }
  return end;
}

async function answered(
  channel: FrameChannel,
): Promise<Extract<PrimaryFrame, { type: 'file-part' | 'file-lacking' }>> {
  const late = new ChanceryError('node.unreachable', 'the node did not send the next part of a file in time');
  const timer = setTimeout(() => channel.abort(late), PART_WITHIN_MS);
  const read = await readFrame(channel, primaryFrameShape, MAX_FRAME_BYTES, 'part of a file').finally(() =>
    clearTimeout(timer),
  );
  const answer = valueOf(read);
  if (answer.type === 'refused') throw ChanceryError.from(refusalOf(answer).refusal);
  if (answer.type === 'file-part' || answer.type === 'file-lacking') return answer;
  throw new ChanceryError('encoding.malformed', 'the node answered what was not asked');
}

/**
 * Fetches a file from other archive nodes, asked one after the other until one has it; whether one had.
 * @param open a replication stream to each of them
 */
export function fetchFileFrom(
  open: () => readonly (() => Promise<FrameChannel>)[],
  files: SealedFiles,
): (sealed: Uint8Array, isWanted: () => boolean, signal: AbortSignal) => Promise<boolean> {
  return async (sealed, isWanted, signal) => {
    for (const dial of open()) {
      if (signal.aborted) return false;
      try {
        const channel = await dial();
        const stop = (): void => channel.abort(new ChanceryError('archive.closed', 'the node stops'));
        signal.addEventListener('abort', stop);
        const fetched = await fetchFile(channel, sealed, files, isWanted).catch((error: unknown) => {
          channel.abort(error as Error);
          throw error;
        });
        signal.removeEventListener('abort', stop);
        await channel.close();
        if (fetched === 'here') return true;
      } catch {
        // it is away, or follows another: the next may have the file
      }
    }
    return false;
  };
}
