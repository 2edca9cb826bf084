/**
 * What it costs to know who somebody is: a node's whole bundle, with a DNSSEC proof from a root that signs with RSA as the
 * real one does, verified anew and judged again from the cache; and the bytes that a session's handshake sends of it.
 */
import { randomBytes, webcrypto } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { pino } from 'pino';
import { ArchiveLog } from '../../node/archive/index.ts';
import { sodiumSigner, sodiumSuite } from '../../node/crypto/index.ts';
import { buildDnssecProof, createDnsClient } from '../../node/dns/index.ts';
import { createOrganisation, Trust, type NewOrganisation } from '../../node/identity/index.ts';
import { Evidence, ledgerOn, Members, Partners } from '../../node/ledger/index.ts';
import { ALGORITHM, webCryptoDnssec } from '../../protocol/dnssec/index.ts';
import { encodeCbor } from '../../protocol/encoding/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { encodeBundle, verifyBundle, type VerificationContext } from '../../protocol/identity/index.ts';
import { signRoster, type Roster } from '../../protocol/statement/index.ts';
import { zlibDeflate, type IdentityFrame } from '../../protocol/wire/index.ts';
import { DnsTree } from '../dns/index.ts';
import { benchSealing } from './sealing.ts';

const DOMAIN = 'acme.example';
const DAY = 86_400;

/** Seconds that each measure lasts, and that the code has to be compiled before it. */
const SECONDS = 2;
const WARM_UP_SECONDS = 0.5;

/** What a node shows, and what it takes to verify it. */
export interface ShownIdentity {
  readonly made: NewOrganisation;
  readonly roster: Roster;
  readonly bundle: Uint8Array;
  /** Bytes of the whole frame in which a handshake shows it. */
  readonly frameBytes: number;
  readonly context: VerificationContext;
}

/** A node of an organisation of one node, in a zone below a zone below the root. */
export async function showIdentity(): Promise<ShownIdentity> {
  const tree = new DnsTree({ zones: ['example', DOMAIN], rootAlgorithm: ALGORITHM.RSASHA256 });
  const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
  const made = await createOrganisation(DOMAIN, ['gateway', 'archive'], Date.now(), random);
  tree.setTxt(made.record.name, [made.record.text]);
  const server = await tree.serve();
  const client = createDnsClient({ servers: [server.address] });
  const proof = valueOf(await buildDnssecProof(made.record.name, client));
  await server.stop();
  const now = Math.floor(Date.now() / 1000);
  const { root, issuer, node, statement } = made.certificates;
  const roster: Roster = {
    domain: DOMAIN,
    number: 1,
    issued: now,
    nextUpdate: now + DAY,
    nodes: [
      {
        peer: made.peerId,
        roles: ['gateway', 'archive'],
        addresses: [`/dns4/chancery.${DOMAIN}/tcp/4710`],
      },
    ],
    revoked: [],
  };
  const bundle = encodeBundle({
    proof,
    chain: [node, issuer, root],
    handovers: null,
    statement,
    roster: await signRoster(roster, sodiumSigner(made.seeds.statement)),
  });
  const packed = await zlibDeflate(zlib).deflate(bundle);
  const frame: IdentityFrame = { type: 'identity', v: 1, bundle: packed, handovers: false };
  const dnssec = webCryptoDnssec(webcrypto.subtle, sodiumSuite.verifyEd25519);
  return {
    made,
    roster,
    bundle,
    frameBytes: encodeCbor(frame).length,
    context: { suite: sodiumSuite, dnssec, anchors: tree.anchors },
  };
}

export interface IdentityFigures {
  readonly uncachedPerSecond: number;
  readonly cachedPerSecond: number;
  readonly bytes: number;
}

export async function measureIdentity(): Promise<IdentityFigures> {
  const shown = await showIdentity();
  const { publicKey } = sodiumSigner(shown.made.seeds.node);
  const uncachedPerSecond = await rateOf(async () => {
    const at = Math.floor(Date.now() / 1000);
    const verified = valueOf(await verifyBundle(shown.bundle, publicKey, at, shown.context));
    if (verified.proof?.ok !== true) throw new Error('the proof does not hold');
  });
  return { uncachedPerSecond, cachedPerSecond: await cachedRate(shown), bytes: shown.frameBytes };
}

/** As a node of our own that comes again: judged by the roster, its bundle known by its hash. */
async function cachedRate({ made, roster, bundle, context }: ShownIdentity): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-identity-'));
  const sealing = benchSealing();
  const log = await ArchiveLog.open({
    location: join(folder, 'archive'),
    origin: `${DOMAIN}/chancery`,
    sha256: sodiumSuite.sha256,
    sealer: sealing.entries,
    clock: Date.now,
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
  });
  try {
    const ledger = ledgerOn(log, DOMAIN, sodiumSuite.sha256, sealing.views);
    const partners = new Partners(ledger, sodiumSuite.sha256);
    const trust = new Trust({
      domain: DOMAIN,
      isOwnRoot: (rootId) => rootId === made.rootId,
      members: new Members(ledger),
      partners,
      evidence: new Evidence(ledger, partners),
      ownRoster: () => roster,
      context,
      renewAgreement: (agreement) => Promise.resolve(agreement),
      graceSeconds: 0,
      clock: Date.now,
      log: pino({ level: 'silent' }),
    });
    return await rateOf(async () => void valueOf(await trust.admit(made.peerId, bundle)));
  } finally {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** How often a second it can be done, one after the other. */
async function rateOf(work: () => Promise<void>): Promise<number> {
  const done = async (seconds: number): Promise<number> => {
    const begin = performance.now();
    let times = 0;
    for (; performance.now() - begin < seconds * 1_000; times += 1) await work();
    return (times / (performance.now() - begin)) * 1_000;
  };
  await done(WARM_UP_SECONDS);
  return done(SECONDS);
}
