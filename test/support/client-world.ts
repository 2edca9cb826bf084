/** A member's client against a fake node of her organisation, with a clock and timers that a test moves. */
import * as zlib from 'node:zlib';
import { createClient, type Client, type ClientOptions, type Profile } from '../../client/index.ts';
import { nodeSigner, nodeSuite } from '../../client/adapters/node-crypto.ts';
import { unsealerOf } from '../../client/adapters/unsealer.ts';
import { webCryptoDnssec } from '../../protocol/dnssec/index.ts';
import { signMessage, type Content, type MessageBody } from '../../protocol/message/index.ts';
import { zlibDeflate } from '../../protocol/wire/index.ts';
import { FakeNode, deviceBundle } from './fake-node.ts';
import { FakeTimers } from './fake-timers.ts';
import { MemoryStore } from './memory-store.ts';
import {
  makeDevice,
  makeNode,
  makeOrganisation,
  type TestDevice,
  type TestOrganisation,
} from './organisation.ts';

/** Seconds: when every test plays. */
export const AT = 1_800_000_000;

export const ALICE = 'alice@acme.test';
export const BOB = 'bob@acme.test';
export const CAROL = 'carol@globex.test';

const FACTS = {
  clientVersion: '1.0.0',
  platform: 'linux',
  osVersion: '6.1.0',
  diskEncryption: null,
  managedId: null,
};

export const context = {
  suite: nodeSuite,
  dnssec: webCryptoDnssec(globalThis.crypto.subtle, nodeSuite.verifyEd25519),
  anchors: [],
};

export interface World {
  readonly acme: TestOrganisation;
  readonly globex: TestOrganisation;
  readonly node: FakeNode;
  readonly alice: TestDevice;
  readonly bob: TestDevice;
  readonly carol: TestDevice;
  readonly timers: FakeTimers;
  readonly store: MemoryStore;
  readonly clock: { now: number };
  profile: Profile;
  /** What a wipe destroyed, in order. */
  readonly erased: string[];
  /** Opens alice's client on her store: again, as after a kill, when called again. */
  open(change?: Partial<ClientOptions>): Promise<Client>;
}

export async function makeWorld(): Promise<World> {
  const acme = await makeOrganisation('acme.test', { at: AT });
  const globex = await makeOrganisation('globex.test', { at: AT });
  const node = new FakeNode(acme, await makeNode(acme));
  const [alice, bob, carol] = await Promise.all([
    makeDevice(acme, ALICE, { name: 'Alice Acme' }),
    makeDevice(acme, BOB, { name: 'Bob Acme' }),
    makeDevice(globex, CAROL, { name: 'Carol Globex' }),
  ]);
  node.knows(alice);
  node.knows(bob);
  node.knows(carol, {}, globex.rootId);
  const timers = new FakeTimers();
  const store = new MemoryStore();
  const clock = { now: AT * 1000 };
  let salt = 0;
  const world: World = {
    ...{ acme, globex, node, alice, bob, carol, timers, store, clock },
    erased: [],
    profile: {
      address: ALICE,
      domain: 'acme.test',
      rootId: acme.rootId,
      nodes: [node.address],
      bundle: deviceBundle(alice),
      formerRoots: [],
      rosterNumber: 0,
    },
    open: (change = {}) =>
      createClient({
        transport: node.transport(),
        signer: nodeSigner(alice.seed),
        unsealer: unsealerOf(alice.seed),
        context,
        deflate: zlibDeflate(zlib),
        clock: () => clock.now,
        after: timers.after,
        randomBytes: (length) => new Uint8Array(length).fill((salt += 1)),
        profile: world.profile,
        saveProfile: async (profile) => {
          await Promise.resolve();
          world.profile = profile;
        },
        store,
        describe: () => Promise.resolve({ facts: FACTS, attestation: null }),
        erasure: {
          contents: async () => Promise.resolve(void world.erased.push('contents')),
          identity: async () => Promise.resolve(void world.erased.push('identity')),
        },
        ...change,
      }),
  };
  return world;
}

/** An envelope that a device signs; any field can be made wrong. */
export function signedBy(
  device: TestDevice,
  content: Content,
  change: Partial<MessageBody> = {},
): Promise<Uint8Array> {
  return signMessage(
    {
      conversation: null,
      sender: device.certificate.sans.email[0] ?? '',
      device: nodeSuite.sha256(device.certificate.der),
      parents: [],
      time: AT * 1000,
      salt: new Uint8Array(16),
      content,
      ...change,
    },
    device.signer,
  );
}
