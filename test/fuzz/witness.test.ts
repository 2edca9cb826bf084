/** What a stranger to the truth sends a witness, and what a witness answers a log: no fault, and nothing false cosigned. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pino } from 'pino';
import { sodiumSigner, sodiumSuite } from '../../node/crypto/index.ts';
import { CheckpointEvidence, Cosignatures, Partners } from '../../node/ledger/index.ts';
import { PartnerLogs, Witness } from '../../node/witness/index.ts';
import {
  cosign,
  decodeAddCheckpoint,
  encodeAddCheckpoint,
  openCosignatures,
  parseNote,
  readCheckpoint,
  witnessName,
} from '../../protocol/checkpoint/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { parseTilePath, tilePath } from '../../protocol/merkle/index.ts';
import { HostileLog } from '../support/hostile-log.ts';
import { openLedger } from '../support/ledger.ts';

const numRuns = Number(process.env['CHANCERY_FUZZ_RUNS'] ?? 1_000);

const edits = fc.array(
  fc.record({
    at: fc.nat(2_000),
    remove: fc.nat(4),
    insert: fc.oneof(
      fc.string({ maxLength: 4, unit: 'binary' }),
      fc.constantFrom('\n', '\n\n', ' ', '=', '— ', '0', '9', 'old '),
    ),
  }),
  { minLength: 1, maxLength: 3 },
);

function edited(text: string, changes: { at: number; remove: number; insert: string }[]): string {
  return changes.reduce((now, { at, remove, insert }) => {
    const begin = at % (now.length + 1);
    return now.slice(0, begin) + insert + now.slice(begin + remove);
  }, text);
}

test('a request that was changed anywhere is answered, and never has anything cosigned that the log is not', async (t) => {
  const ledger = await openLedger(t);
  const cosignatures = new Cosignatures(ledger);
  const partnerLogs = new PartnerLogs({
    cosignatures,
    evidence: new CheckpointEvidence(ledger),
    partners: new Partners(ledger, sodiumSuite.sha256),
    log: pino({ level: 'silent' }),
  });
  const signer = sodiumSigner(new Uint8Array(32).fill(3));
  let now = 1_700_000_000_000;
  const clock = (): number => (now += 60_000);
  const witness = new Witness({
    domain: 'acme.test',
    cosignatures,
    partnerLogs,
    signer,
    suite: sodiumSuite,
    clock,
  });
  const log = new HostileLog('partner.test').grow(300);
  assert.equal((await witness.addCheckpoint(await log.body(0, 5), log.log)).status, 200);
  const bodies = [await log.body(0), await log.body(5), await log.body(5, 256), await log.body(5, 5)];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...bodies), edits, async (body, changes) => {
      const { status } = await witness.addCheckpoint(edited(body, changes), log.log);
      assert.ok([200, 400, 403, 404, 409, 422].includes(status), String(status));
      const known = cosignatures.ofPartner('partner.test')!;
      assert.deepEqual(known.root, log.root(known.size));
    }),
    { numRuns },
  );
});

test('an answer that was changed anywhere never passes for another cosignature', async () => {
  const partner = sodiumSigner(new Uint8Array(32).fill(4));
  const key = { name: witnessName('partner.test'), publicKey: partner.publicKey };
  const note = await new HostileLog('acme.test').grow(3).checkpoint();
  const { text } = valueOf(readCheckpoint(note));
  const line = await cosign(text, key.name, 1_700_000_000, partner, sodiumSuite.sha256);
  fc.assert(
    fc.property(edits, (changes) => {
      const opened = openCosignatures(note + edited(line, changes), [key], sodiumSuite);
      if (opened.ok) for (const found of opened.value) assert.equal(found.line, line);
    }),
    { numRuns },
  );
});

test('notes, requests and paths are read as they are written, and whatever else comes is refused', () => {
  const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const request = fc.record(
    {
      oldSize: fc.maxSafeNat(),
      proof: fc.array(hash, { maxLength: 63 }),
      checkpoint: fc.string(),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(request, (made) => {
      assert.deepEqual(valueOf(decodeAddCheckpoint(encodeAddCheckpoint(made))), made);
    }),
    { numRuns },
  );
  const name = fc.record(
    {
      level: fc.option(fc.integer({ min: 0, max: 63 })),
      index: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(name, edits, (made, changes) => {
      const path = tilePath(made);
      assert.deepEqual(parseTilePath(path), made);
      const other = edited(path, changes);
      const read = parseTilePath(other);
      if (read !== undefined) assert.equal(tilePath(read), other);
    }),
    { numRuns },
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseNote(text);
      readCheckpoint(text);
      decodeAddCheckpoint(text);
    }),
    { numRuns },
  );
});
