/** What is believed of a partner that says what it holds of our log, where ours was set back. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { askHeld, type AskHeldOptions, type HeldMessage } from '../../../node/federation/index.ts';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import { Signers } from '../../../node/ledger/index.ts';
import type { Peer } from '../../../node/network/index.ts';
import { ChanceryError, valueOf } from '../../../protocol/errors/index.ts';
import { signMessage } from '../../../protocol/message/index.ts';
import {
  MAX_FRAME_BYTES,
  federationRequestShape,
  readFrame,
  writeFrame,
  type FrameChannel,
  type HeldFrame,
  type HeldPage,
} from '../../../protocol/wire/index.ts';
import { channelPair } from '../../support/channel-pair.ts';
import { openLedger } from '../../support/ledger.ts';
import { makeDevice, makeOrganisation } from '../../support/organisation.ts';

type Page = Omit<HeldPage, 'type'>;
type Held = Page['messages'][number];

async function serve(channel: FrameChannel, answer: (asked: HeldFrame) => Page): Promise<void> {
  for (;;) {
    const request = await readFrame(channel, federationRequestShape, MAX_FRAME_BYTES, 'request');
    const asked = valueOf(request);
    if (asked.type === 'hello') await writeFrame(channel, asked);
    if (asked.type === 'held') await writeFrame(channel, { type: 'held', ...answer(asked) });
  }
}

interface World {
  readonly ask: (answer: (asked: HeldFrame) => Page) => Promise<HeldMessage[] | string>;
  /** A message of ours or theirs as the partner would hand it back, and its device's chain. */
  readonly held: (sent: boolean, position: number, change?: Partial<Held>) => Promise<Held>;
  readonly chains: Uint8Array[][];
}

async function world(t: TestContext): Promise<World> {
  const signers = new Signers(await openLedger(t), sodiumSuite);
  const acme = await makeOrganisation('acme.test', { at: 1_700_000_000 });
  const partner = await makeOrganisation('partner.test', { at: 1_700_000_000 });
  const alice = await makeDevice(acme, 'alice@acme.test');
  const bob = await makeDevice(partner, 'bob@partner.test');
  const ders = (one: typeof alice): Uint8Array[] => one.chain.map(({ der }) => der);
  const options: AskHeldOptions = {
    domain: 'acme.test',
    open: () => Promise.reject(new Error('set below')),
    agreement: () => new Uint8Array(),
    checkAgreement: () => undefined,
    signers,
    suite: sodiumSuite,
  };
  return {
    chains: [ders(alice), ders(bob)],
    async held(sent, position, change = {}) {
      const [device, sender] = sent ? [alice, 'alice@acme.test'] : [bob, 'bob@partner.test'];
      const envelope = await signMessage(
        {
          conversation: new Uint8Array(32),
          sender,
          device: sodiumSuite.sha256(device.certificate.der),
          parents: [],
          time: 1_700_000_000_000,
          salt: sodiumSuite.sha256(Uint8Array.of(position, sent ? 1 : 0)).slice(0, 16),
          content: { kind: 'text', text: `at ${position}` },
        },
        device.signer,
      );
      return { position, at: position + 5, time: 1_700_000_000_000, sent, envelope, ...change };
    },
    async ask(answer) {
      const open: AskHeldOptions['open'] = () => {
        const [here, there] = channelPair();
        void serve(there, answer).catch(() => undefined);
        return Promise.resolve({ channel: here, peer: {} as Peer });
      };
      try {
        return await askHeld({ ...options, open }, 'partner.test', 40);
      } catch (error) {
        return error instanceof ChanceryError ? error.code : String(error);
      }
    },
  };
}

test('pages are followed to the end, and messages come in the order of our log', async (t) => {
  const { ask, held, chains } = await world(t);
  const [first, second, third] = [await held(true, 40), await held(false, 44), await held(true, 41)];
  const found = await ask(({ from, before }) => {
    assert.equal(from, 40);
    return before === null
      ? { messages: [second], chains, before: 49 }
      : { messages: [third, first], chains, before: null };
  });
  assert.ok(typeof found === 'object');
  assert.deepEqual(
    found.map(({ position, at, sent, signer }) => [position, at, sent, signer.address]),
    [
      [40, 45, true, 'alice@acme.test'],
      [41, 46, true, 'alice@acme.test'],
      [44, 49, false, 'bob@partner.test'],
    ],
  );
});

test('nothing is taken that its device did not sign, or that is not of this exchange', async (t) => {
  const { ask, held, chains } = await world(t);
  const ours = await held(true, 41);
  const tampered = Uint8Array.from(ours.envelope);
  tampered[tampered.length - 1] = (tampered.at(-1) ?? 0) ^ 1;
  const one = (message: Held, shown = chains): Promise<HeldMessage[] | string> =>
    ask(() => ({ messages: [message], chains: shown, before: null }));
  assert.equal(await one({ ...ours, envelope: tampered }), 'signature.invalid');
  assert.equal(await one({ ...ours, envelope: new Uint8Array(9) }), 'encoding.malformed');
  assert.equal(await one(ours, []), 'encoding.malformed', 'a device that was not shown');
  assert.equal(await one({ ...ours, sent: false }), 'encoding.malformed', 'ours as if it were theirs');
  assert.equal(await one(await held(false, 41, { sent: true })), 'encoding.malformed', 'theirs as ours');
  assert.equal(await one({ ...ours, position: 39 }), 'encoding.malformed', 'what our log has');
});

test('a partner whose pages do not end is not followed for ever', async (t) => {
  const { ask } = await world(t);
  assert.equal(await ask(() => ({ messages: [], chains: [], before: 7 })), 'encoding.malformed');
});
