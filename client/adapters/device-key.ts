/**
 * The key of a device in its file: PKCS#8 in PEM, under a passphrase or not, for its owner alone. When the passphrase
 * changes, the file is replaced whole: after a crash it opens with the old one or the new one.
 */
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import {
  decodePkcs8,
  encodePkcs8,
  inspectPkcs8,
  openPkcs8,
  protectPkcs8,
  type WrittenKey,
} from '../../protocol/certificate/index.ts';
import { ChanceryError, type Refusal } from '../../protocol/errors/index.ts';
import type { Passphrase } from './passphrase.ts';
import { writeOwn } from './own-file.ts';

const SEED_BYTES = 32;

export interface DeviceKey extends WrittenKey {
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** The 32-byte seed. Throws `key.missing`, `key.permissions`, `key.malformed`, `key.wrong-passphrase` and what asking throws. */
export async function readDeviceKey(directory: string, passphrase: Passphrase): Promise<Uint8Array> {
  const { file, text, written } = await look(directory);
  const seed = written.isProtected
    ? await openPkcs8(text, await passphrase.ask(), globalThis.crypto.subtle)
    : decodePkcs8(text);
  if (seed.ok) return seed.value;
  throw unusable(file, seed.refusal);
}

/** Makes a key, protected if a passphrase was named beforehand. */
export async function makeDeviceKey(directory: string, passphrase: Passphrase): Promise<void> {
  const seed = random(SEED_BYTES);
  await writeOwn(fileIn(directory), await textOf(seed, passphrase.isNamed ? passphrase : null));
  seed.fill(0);
}

/** What is to be known of the key without its passphrase. Throws `key.missing`, `key.permissions` or `key.malformed`. */
export async function inspectDeviceKey(directory: string): Promise<DeviceKey> {
  const { file, written } = await look(directory);
  return { ...written, since: (await stat(file)).mtime.getTime() };
}

/** Puts the key under another passphrase; null for none. What the file held is overwritten where it lay. */
export async function reprotectDeviceKey(
  directory: string,
  from: Passphrase,
  to: Passphrase | null,
): Promise<void> {
  const file = fileIn(directory);
  const seed = await readDeviceKey(directory, from);
  const draft = `${file}.new`;
  await rm(draft, { force: true });
  await using old = await open(file, 'r+');
  const { size, atime, mtime } = await old.stat();
  await writeOwn(draft, await textOf(seed, to));
  seed.fill(0);
  await utimes(draft, atime, mtime);
  await rename(draft, file);
  await using folder = await open(directory, 'r');
  await folder.sync();
  await old.write(new Uint8Array(size), 0, size, 0);
  await old.sync();
}

async function textOf(seed: Uint8Array, passphrase: Passphrase | null): Promise<string> {
  return passphrase === null
    ? encodePkcs8(seed)
    : protectPkcs8(seed, await passphrase.ask(), globalThis.crypto.subtle, random);
}

async function look(directory: string): Promise<{ file: string; text: string; written: WrittenKey }> {
  const file = fileIn(directory);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new ChanceryError('key.missing', `no device key in ${directory}; enrol first`);
  });
  if (((await stat(file)).mode & 0o077) !== 0) {
    throw new ChanceryError('key.permissions', `${file} can be read by others; run chmod 600 ${file}`);
  }
  const written = inspectPkcs8(text);
  if (written.ok) return { file, text, written: written.value };
  throw unusable(file, written.refusal);
}

function unusable(file: string, { code, message }: Refusal): ChanceryError {
  return new ChanceryError(code, `${file}: ${message}`, { facts: { file } });
}

function fileIn(directory: string): string {
  return join(directory, 'device.key');
}

function random(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length));
}
