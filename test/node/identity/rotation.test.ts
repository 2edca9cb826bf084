/** How keys change, with the roots' keys here, away, or one of each: what is put in force always verifies. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parseCertificate, rootIdOf } from '../../../protocol/certificate/index.ts';
import { accept, valueOf } from '../../../protocol/errors/index.ts';
import { verifyChain, type DomainRecord } from '../../../protocol/identity/index.ts';
import { platform } from '../../../node/composition/platform.ts';
import { sodiumSigner, sodiumSuite } from '../../../node/crypto/index.ts';
import {
  createOrganisation,
  Rotation,
  SigningKeys,
  Standing,
  type Step,
} from '../../../node/identity/index.ts';
import type { KeyStore } from '../../../node/keys/index.ts';
import { Authorities } from '../../../node/ledger/index.ts';
import { answerRequest, makeNextRoot, type SigningAnswer } from '../../../node/signing/index.ts';
import { keysIn } from '../../support/keys-in.ts';
import { openLedger } from '../../support/ledger.ts';

const DOMAIN = 'acme.test';
const { clock, randomBytes } = platform;

interface World {
  readonly rotation: Rotation;
  readonly standing: Standing;
  readonly store: KeyStore;
  /** The first root's seed, wherever its key is kept. */
  readonly rootSeed: Uint8Array;
  /** What DNS says of the next root. */
  publish(next: string): void;
}

async function world(t: TestContext, rootHere = true): Promise<World> {
  const made = await createOrganisation(DOMAIN, ['archive'], clock(), randomBytes);
  const folder = await mkdtemp(join(tmpdir(), 'chancery-rotation-'));
  t.after(() => rm(folder, { recursive: true }));
  const { root, ...others } = made.seeds;
  const store = await keysIn(join(folder, 'keys'), rootHere ? made.seeds : others);
  const authorities = new Authorities(await openLedger(t));
  const { root: rootDer, issuer, statement } = made.certificates;
  const first = { domain: DOMAIN, root: rootDer, issuer, statement };
  const standing = await Standing.open(authorities, sodiumSuite.sha256, first);
  const current: DomainRecord = { id: made.rootId, sequence: 1, state: 'current' };
  let next: DomainRecord | null = null;
  const rotation = new Rotation({
    domain: DOMAIN,
    standing,
    keys: await SigningKeys.open(store, standing, randomBytes),
    suite: sodiumSuite,
    lookUp: () =>
      Promise.resolve(accept({ level: 'dns', records: { current, next }, proof: null, proven: null })),
    onChange: () => Promise.resolve(),
    clock,
    randomBytes,
  });
  return {
    rotation,
    standing,
    store,
    rootSeed: root,
    publish(id) {
      next = { id, sequence: 2, state: 'next' };
    },
  };
}

function requested(step: Step): Parameters<typeof answerRequest>[0] {
  assert.ok(step.state === 'to-sign');
  return step.request;
}

/** The chain of the statement key holds, under the root in force. */
function assertStands({ standing }: World): void {
  const { statement } = standing.record;
  const path = valueOf(verifyChain(standing.chainOf(statement), Math.floor(clock() / 1000), sodiumSuite));
  assert.equal(path.rootId, standing.rootId);
}

test('the next root is made here while the old one is kept away: only the handover is to be signed', async (t) => {
  const w = await world(t, false);
  const next = await w.rotation.prepareRoot();
  const nextId = rootIdOf(next.publicKey, sodiumSuite.sha256);
  await assert.rejects(w.rotation.completeRoot(), { code: 'identity.not-published' });
  w.publish(nextId);
  const request = requested(await w.rotation.completeRoot());
  assert.equal(request.items.length, 1);
  const answer = await answerRequest(request, [sodiumSigner(w.rootSeed)]);
  assert.deepEqual(await w.rotation.completeRoot(answer), { state: 'done' });
  assert.equal(w.standing.rootId, nextId);
  assertStands(w);
});

test('both roots are kept away: an answer that holds half is asked for the rest', async (t) => {
  const w = await world(t, false);
  const seed = randomBytes(32);
  const signer = sodiumSigner(seed);
  await w.rotation.prepareRoot(await makeNextRoot({ domain: DOMAIN, clock, randomBytes }, signer));
  w.publish(rootIdOf(signer.publicKey, sodiumSuite.sha256));
  const request = requested(await w.rotation.completeRoot());
  assert.equal(request.items.length, 2);
  const whole = await answerRequest(request, [sodiumSigner(w.rootSeed), signer]);
  const half: SigningAnswer = { ...whole, items: whole.items.slice(0, 1) };
  assert.equal(requested(await w.rotation.completeRoot(half)).items.length, 1);
  assert.deepEqual(await w.rotation.completeRoot(whole), { state: 'done' });
  assertStands(w);
});

test('an answer whose signature is wrong changes nothing', async (t) => {
  const w = await world(t, false);
  const before = w.standing.record;
  const request = requested(await w.rotation.rotateIssuer('superseded'));
  const answer = await answerRequest(request, [sodiumSigner(w.rootSeed)]);
  const forged = await answerRequest(
    { ...request, items: request.items.map((item) => ({ ...item, root: idOf(7) })) },
    [sodiumSigner(new Uint8Array(32).fill(7))],
  );
  await assert.rejects(w.rotation.rotateIssuer('superseded', forged), { code: 'certificate.bad-signature' });
  assert.equal(w.standing.record, before);
  assert.deepEqual(await w.rotation.rotateIssuer('superseded', answer), { state: 'done' });
  assertStands(w);
});

test('an issuer that was compromised is revoked, those replaced before it are not', async (t) => {
  const w = await world(t);
  const [first] = [w.standing.issuer.serial];
  await w.rotation.rotateIssuer('superseded');
  const second = w.standing.issuer.serial;
  await w.rotation.rotateIssuer('key-compromise');
  assert.deepEqual(
    w.standing.former.map(({ serial }) => serial),
    [first],
  );
  assert.deepEqual(
    w.standing.revoked.map(({ serial, reason }) => [serial, reason]),
    [[second, 'key-compromise']],
  );
  assertStands(w);
});

test('a new root certifies the issuers before as well, so that devices under them still stand', async (t) => {
  const w = await world(t);
  const underFirst = w.standing.record.statement;
  await w.rotation.rotateIssuer('superseded');
  await w.rotation.revokeRoot(false);
  const chain = w.standing.chainOf(underFirst);
  const path = valueOf(verifyChain(chain, Math.floor(clock() / 1000), sodiumSuite));
  assert.equal(path.rootId, w.standing.rootId);
  assert.equal(w.standing.rootIds.length, 2);
});

test('two operators who rotate at once leave one issuer in force, and its key', async (t) => {
  const w = await world(t);
  await Promise.all([w.rotation.rotateIssuer('superseded'), w.rotation.rotateIssuer('superseded')]);
  assertStands(w);
  const names = (await w.store.list()).map(({ name }) => name).filter((name) => name.startsWith('issuer'));
  assert.equal(names.length, 1);
  const { publicKey } = await w.store.signer(names[0] ?? '');
  assert.deepEqual(publicKey, valueOf(parseCertificate(w.standing.record.issuer)).publicKey);
});

test('with the old root lost there is no handover, and nobody is led to the new one', async (t) => {
  const w = await world(t, false);
  const before = w.standing.rootId;
  assert.deepEqual(await w.rotation.revokeRoot(true), { state: 'done' });
  assert.deepEqual(w.standing.record.handovers, []);
  assert.ok(!w.standing.rootIds.includes(before));
  assertStands(w);
});

function idOf(byte: number): string {
  return rootIdOf(sodiumSigner(new Uint8Array(32).fill(byte)).publicKey, sodiumSuite.sha256);
}
