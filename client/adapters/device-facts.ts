/**
 * What this machine really knows of itself: nothing is guessed, and what cannot be found out is null. An attestation
 * that the organisation's device management left in the home is handed on as it is.
 */
import { execFile } from 'node:child_process';
import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fromString } from 'uint8arrays/from-string';
import { MAX_ATTESTATION_BYTES } from '../../protocol/device/index.ts';
import type { Description } from '../platform.ts';

/** Files in the home, where device management is to put them. */
const MANAGED_ID_FILE = 'managed-id';
const ATTESTATION_FILE = 'attestation';

/** Device-mapper and loop devices stacked on each other, at most: enough for encryption on volumes on RAID. */
const MAX_STACKED = 8;

const FDESETUP_MS = 5_000;

export interface DescribeOptions {
  /** The home directory of the device. */
  readonly home: string;
  readonly clientVersion: string;
  readonly platform: NodeJS.Platform;
  /** Where the kernel shows its devices; `/sys` unless told otherwise. */
  readonly sys?: string;
}

export async function describeDevice(options: DescribeOptions): Promise<Description> {
  const { home, clientVersion, platform } = options;
  const managedId = (await readText(join(home, MANAGED_ID_FILE)))?.trim().slice(0, 128);
  const attestation = (await readText(join(home, ATTESTATION_FILE)))?.replace(/\s+/g, '');
  return {
    facts: {
      clientVersion: /^\d/.test(clientVersion) ? clientVersion : null,
      platform,
      osVersion: release().slice(0, 128) || null,
      diskEncryption: await diskEncryption(options),
      managedId: managedId === undefined || managedId === '' ? null : managedId,
    },
    attestation: attestation === undefined ? null : decoded(attestation),
  };
}

/** Whether the disk under the home is encrypted, where the system says so in a way that can be believed. */
async function diskEncryption({
  home,
  platform,
  sys = '/sys',
}: DescribeOptions): Promise<'on' | 'off' | null> {
  try {
    if (platform === 'linux') return await linuxEncryption(home, sys);
    if (platform === 'darwin') return await fileVault();
  } catch {
    // whatever cannot be looked at is not known
  }
  return null;
}

/** The block device of the home, or all that it is stacked on, lies on dm-crypt. */
async function linuxEncryption(home: string, sys: string): Promise<'on' | null> {
  const { dev } = await stat(home);
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  if (major === 0) return null; // overlay, tmpfs, btrfs, network: no block device to ask
  return isEncrypted(await realpath(join(sys, 'dev/block', `${major}:${minor}`)), MAX_STACKED);
}

/** Other ways to encrypt than dm-crypt cannot be seen from here: that there is none of it says nothing. */
async function isEncrypted(device: string, depth: number): Promise<'on' | null> {
  if (depth === 0) return null;
  if ((await readText(join(device, 'dm/uuid')))?.startsWith('CRYPT-') === true) return 'on';
  const below = await readdir(join(device, 'slaves')).catch(() => []);
  const states = await Promise.all(
    below.map(async (name) => isEncrypted(await realpath(join(device, 'slaves', name)), depth - 1)),
  );
  return states.length > 0 && states.every((state) => state === 'on') ? 'on' : null;
}

async function fileVault(): Promise<'on' | 'off' | null> {
  const run = promisify(execFile);
  const said = await run('/usr/bin/fdesetup', ['isactive'], { timeout: FDESETUP_MS }).catch(
    (error: unknown) => error as { stdout?: string },
  );
  const answer = said.stdout?.trim();
  return answer === 'true' ? 'on' : answer === 'false' ? 'off' : null;
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

function decoded(text: string): Uint8Array | null {
  try {
    const statement = fromString(text.replace(/=+$/, ''), 'base64');
    return statement.length > 0 && statement.length <= MAX_ATTESTATION_BYTES ? statement : null;
  } catch {
    return null;
  }
}
