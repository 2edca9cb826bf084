/** A client on Node: composes the SDK from a home directory, libp2p, LevelDB and node:crypto. */
import { randomBytes } from 'node:crypto';
import * as zlib from 'node:zlib';
import { ROOT_ANCHORS, webCryptoDnssec } from '../../protocol/dnssec/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { parseInvitation, zlibDeflate } from '../../protocol/wire/index.ts';
import { createClient, type Client } from '../client.ts';
import { deviceOf } from '../device.ts';
import { enrol, type Waiting } from '../enrolment.ts';
import type { Platform } from '../platform.ts';
import type { Profile } from '../profile.ts';
import { reportWipe } from '../session/index.ts';
import { wipedError, type Erasure } from '../wipe.ts';
import { describeDevice } from './device-facts.ts';
import { erasureOf } from './erasure.ts';
import { inspectDeviceKey, readDeviceKey } from './device-key.ts';
import { homeAt, type Home } from './home.ts';
import type { Passphrase } from './passphrase.ts';
import { openLevelStore } from './level-store.ts';
import { createTransport } from './libp2p.ts';
import { nodeSigner, nodeSuite } from './node-crypto.ts';
import { unsealerOf } from './unsealer.ts';
import { programVersion } from './version.ts';

export interface NodeClientOptions {
  /** The home directory of the device. */
  readonly home: string;
  /** See `ClientOptions`. */
  readonly durable?: boolean;
  /** Of a protected key. */
  readonly passphrase?: Passphrase;
  /** In which the member is told of recording, as BCP 47 tags, the best first; that of the system unless told otherwise. */
  readonly languages?: readonly string[];
}

/**
 * Opens the client of an enrolled device; connect it next.
 * Throws `key.*`, `config.missing` before enrolment, `config.invalid`, `limit.exceeded` while another has it open, or
 * `device.revoked` where a wipe had to be finished.
 */
export async function openNodeClient({
  home: directory,
  durable = true,
  passphrase,
  languages,
}: NodeClientOptions): Promise<Client> {
  const home = homeAt(directory, passphrase);
  const erasure = erasureOf(directory, home.storeLocation);
  if (await erasure.begun()) await finishWipe(home, erasure, passphrase?.isNamed === true);
  const profile = await home.readProfile();
  if (profile === undefined) {
    throw new ChanceryError(
      'config.missing',
      `no device is enrolled in ${directory}; run chancery-chat enrol with your invitation`,
    );
  }
  const seed = await home.readKey();
  const { isProtected } = await inspectDeviceKey(directory);
  const store = await openLevelStore(home.storeLocation);
  try {
    const platform = await platformOf(seed, directory, languages);
    const saveProfile = (renewed: Profile): Promise<void> => home.saveProfile(renewed);
    return await createClient({
      ...platform,
      ...{ profile, saveProfile, store, erasure, durable },
      ...(isProtected ? { checkPassphrase: (typed: string) => checkPassphrase(directory, typed) } : {}),
    });
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * Enrols a device in a home: makes its key there, and keeps what the organisation certifies. A home whose certificate
 * has run out may enrol again, for the same person. Throws `home.exists` when enrolled, and what `enrol` throws.
 */
export async function enrolNodeClient(options: {
  readonly home: string;
  readonly invitation: string;
  readonly label: string;
  /** Named beforehand: the new key is protected by it. */
  readonly passphrase?: Passphrase;
  /** Hears that an operator has to approve the device. */
  readonly onWaiting?: (waiting: Waiting) => void;
}): Promise<Profile> {
  const home = homeAt(options.home, options.passphrase);
  const before = await home.readProfile();
  if (before !== undefined && deviceOf(before, { context: nodeContext }).holds.until > Date.now() / 1000) {
    throw new ChanceryError(
      'home.exists',
      `${options.home} is the device of ${before.address} already; for another one, choose another home with --home`,
    );
  }
  const invitation = parseInvitation(options.invitation);
  if (!invitation.ok) throw ChanceryError.from(invitation.refusal);
  const { address, rootId } = invitation.value;
  if (before !== undefined && (before.address !== address || before.rootId !== rootId)) {
    throw new ChanceryError(
      'home.exists',
      `${options.home} holds the messages of ${before.address}; enrol anyone else in another home with --home`,
    );
  }
  const platform = await platformOf(await home.ensureKey(), options.home);
  try {
    const profile = await enrol(options.invitation, options.label, platform, options.onWaiting);
    await home.saveProfile(profile);
    return profile;
  } finally {
    await platform.transport.close();
  }
}

/** Throws `key.wrong-passphrase` when it does not open the device's key. */
async function checkPassphrase(directory: string, typed: string): Promise<void> {
  const passphrase = { isNamed: false, ask: () => Promise.resolve(new TextEncoder().encode(typed)) };
  (await readDeviceKey(directory, passphrase)).fill(0);
}

const nodeContext: Platform['context'] = {
  suite: nodeSuite,
  dnssec: webCryptoDnssec(globalThis.crypto.subtle, nodeSuite.verifyEd25519),
  anchors: ROOT_ANCHORS,
};

/**
 * What a process that ended amid a wipe left undone. The organisation is told where it can be reached, by a node that
 * proves itself; with or without, everything goes, and nobody is waited for to type a passphrase. Throws `device.revoked`.
 */
async function finishWipe(home: Home, erasure: Erasure, isNamed: boolean): Promise<never> {
  await erasure.contents();
  const profile = await home.readProfile().catch(() => undefined);
  const key = await inspectDeviceKey(home.directory).catch(() => undefined);
  const canRead = key !== undefined && (!key.isProtected || isNamed);
  const seed = canRead ? await home.readKey().catch(() => undefined) : undefined;
  if (profile !== undefined && seed !== undefined) {
    const platform = await platformOf(seed, home.directory);
    await reportWipe(profile, platform).catch(() => undefined);
    await platform.transport.close();
  }
  await erasure.identity();
  throw wipedError();
}

/** As the system is set: the locale of its environment. */
function systemLanguages(): readonly string[] {
  return [new Intl.DateTimeFormat().resolvedOptions().locale];
}

async function platformOf(
  seed: Uint8Array,
  home: string,
  languages: readonly string[] = systemLanguages(),
): Promise<Platform> {
  return {
    transport: await createTransport(seed),
    signer: nodeSigner(seed),
    unsealer: unsealerOf(seed),
    context: nodeContext,
    deflate: zlibDeflate(zlib),
    async describe() {
      const { platform } = process;
      const described = await describeDevice({ home, clientVersion: programVersion(), platform });
      return languages.length === 0 ? described : { ...described, languages: [...languages] };
    },
    clock: Date.now,
    after(milliseconds, run) {
      const timer = setTimeout(run, milliseconds);
      return () => clearTimeout(timer);
    },
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
  };
}
