/** Files of the member's own, read to be sent, and written as they come. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { NewFile } from '../outbox/index.ts';

/** What a file is called by the end of its name; whatever else it is says its sender. */
const TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.gif': 'image/gif',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.odp': 'application/vnd.oasis.opendocument.presentation',
  '.ods': 'application/vnd.oasis.opendocument.spreadsheet',
  '.odt': 'application/vnd.oasis.opendocument.text',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.pptx': 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.wav': 'audio/wav',
  '.webp': 'image/webp',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.xml': 'application/xml',
  '.zip': 'application/zip',
};

const UNKNOWN_TYPE = 'application/octet-stream';

/** A file that is to be sent, until it is closed. */
export interface OwnFile extends NewFile, AsyncDisposable {}

/** Opens a file to send it. Throws `request.invalid` where it cannot be read. */
export async function openOwnFile(path: string, type?: string): Promise<OwnFile> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw new ChanceryError('request.invalid', `${path} cannot be read`, { cause });
  });
  const { size } = await handle.stat();
  return {
    name: basename(path),
    type: type ?? TYPES[extname(path).toLowerCase()] ?? UNKNOWN_TYPE,
    size,
    async read(at, length) {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, at);
      return buffer.subarray(0, bytesRead);
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

/** The text of a file. Throws `request.invalid` where it cannot be read, has more bytes, or is not UTF-8. */
export async function readOwnText(path: string, maxBytes: number): Promise<string> {
  await using file = await openOwnFile(path);
  if (file.size > maxBytes)
    throw new ChanceryError(
      'request.invalid',
      `${path} has ${file.size} bytes; at most ${maxBytes} are read`,
    );
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.read(0, file.size));
  } catch (cause) {
    throw new ChanceryError('request.invalid', `${path} is not a text in UTF-8`, { cause });
  }
}

/**
 * Writes a file into a folder under its name; it has that name only once all of it came. Throws `request.invalid` where
 * there is one of that name already, or no such folder; and what `chunks` throws.
 */
export async function saveFile(
  folder: string,
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<string> {
  const path = join(folder, name);
  await assertFree(path);
  const partial = `${path}.${randomBytes(4).toString('hex')}.partial`;
  const handle = await create(partial, folder);
  try {
    for await (const chunk of chunks) await handle.write(chunk);
    await handle.sync();
    await assertFree(path); // all of it took its time
  } catch (error) {
    await handle.close();
    await rm(partial, { force: true });
    throw error;
  }
  await handle.close();
  await rename(partial, path);
  return path;
}

/** Throws `request.invalid` where there is something of that name already. */
export async function assertFree(path: string): Promise<void> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (exists)
    throw new ChanceryError('request.invalid', `${path} is there already; name another place, or move it`);
}

function create(path: string, folder: string): Promise<FileHandle> {
  return open(path, 'wx').catch((cause: unknown) => {
    throw new ChanceryError('request.invalid', `nothing can be written into ${folder}`, { cause });
  });
}
