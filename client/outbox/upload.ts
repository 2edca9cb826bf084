/** Hands the node the file of a message, from where an earlier session ended: a few chunks at a time. */
import { chunksOf, type FileInfo } from '../../protocol/message/index.ts';
import type { Requests } from '../session/index.ts';

/** Chunks under way: enough that the node never waits for the next one. */
const CHUNKS_UNDER_WAY = 4;

/** Resolves when the node has the file whole. Throws what the node refuses, `node.unreachable`, or what `chunk` throws. */
export async function upload(
  file: FileInfo,
  chunk: (index: number) => Promise<Uint8Array>,
  requests: Requests,
): Promise<void> {
  const { chunks } = await requests.ask('file-begin', { file });
  const underWay: Promise<unknown>[] = [];
  for (let index = chunks; index < chunksOf(file); index += 1) {
    const put = requests.ask('file-put', { digest: file.digest, index, bytes: await chunk(index) });
    put.catch(() => undefined); // awaited below
    underWay.push(put);
    if (underWay.length >= CHUNKS_UNDER_WAY) await underWay.shift();
  }
  await Promise.all(underWay);
}
