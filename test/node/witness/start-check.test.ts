import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { sodiumSigner, sodiumSuite } from '../../../node/crypto/index.ts';
import type { Peer } from '../../../node/network/index.ts';
import { OwnLog, checkAtStart } from '../../../node/witness/index.ts';
import { signCheckpoint } from '../../../protocol/checkpoint/index.ts';
import { ChanceryError } from '../../../protocol/errors/index.ts';
import { readFrame, witnessRequestShape, writeFrame } from '../../../protocol/wire/index.ts';
import { channelPair } from '../../support/channel-pair.ts';
import { openLedger } from '../../support/ledger.ts';

const own = sodiumSigner(new Uint8Array(32).fill(3));
const { sha256 } = sodiumSuite;

const peer = {
  identity: {
    domain: 'here.test',
    statement: { publicKey: own.publicKey },
    bundle: { statement: Uint8Array.of(1), chain: [1, 2, 3].map((byte) => Uint8Array.of(byte)) },
  },
} as unknown as Peer;

test('partners that are away, or never answer, hold up no start; what another shows stops the log', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { log } = await openLedger(t);
  const logger = pino({ level: 'silent' });
  const store = {
    read: () => Promise.resolve(undefined),
    write: () => Promise.resolve(),
    clear: () => Promise.resolve(),
  };
  const origin = 'acme.test/chancery';
  const common = { log, suite: sodiumSuite, clock: () => 0, logger };
  const ownLog = await OwnLog.open({
    ...common,
    origin,
    publicKey: () => own.publicKey,
    losses: [],
    store,
    isDisowned: () => false,
  });
  const shown = await signCheckpoint({ origin, size: 9, root: new Uint8Array(32) }, own, sha256);
  const answered = Promise.withResolvers<undefined>();
  const open = (partner: string): Promise<{ channel: ReturnType<typeof channelPair>[0]; peer: Peer }> => {
    if (partner === 'away.test') throw new ChanceryError('node.unreachable', 'nobody there');
    if (partner === 'silent.test') return new Promise(() => undefined);
    const [channel, theirs] = channelPair();
    void (async () => {
      for (;;) {
        const request = await readFrame(theirs, witnessRequestShape, 10_000, 'request');
        if (!request.ok) {
          answered.resolve(undefined);
          return;
        }
        const body = request.value.type === 'get' ? new TextEncoder().encode(shown) : new Uint8Array();
        const status = request.value.type === 'get' ? 200 : 409;
        await writeFrame(theirs, { type: 'answer', status, contentType: 'text/plain', body });
      }
    })();
    return Promise.resolve({ channel, peer });
  };
  const checked = checkAtStart({
    domain: 'acme.test',
    partners: ['away.test', 'silent.test', 'here.test'],
    open,
    ownLog,
    log,
    checkpoint: () => log.checkpoint(own),
    suite: sodiumSuite,
    logger,
  });
  await answered.promise;
  await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(5_000);
  assert.deepEqual([...(await checked)].toSorted(), ['away.test', 'silent.test']);
  assert.equal(log.stopped?.code, 'archive.rolled-back');
});
