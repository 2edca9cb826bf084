import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { ArchiveLog, type NewRecord, type Op } from '../../../node/archive/index.ts';
import { sodiumSigner, sodiumSuite } from '../../../node/crypto/index.ts';
import { openCheckpoint } from '../../../protocol/checkpoint/index.ts';
import { refuse } from '../../../protocol/errors/index.ts';
import {
  EMPTY_FRONTIER,
  extendFrontier,
  frontierRoot,
  hashLeaf,
  verifyConsistency,
  verifyInclusion,
} from '../../../protocol/merkle/index.ts';
import { archiveOptions, ORIGIN, record, records, START } from '../../support/archive.ts';
import { FaultyDisk } from '../../support/faulty-store.ts';

const { sha256 } = sodiumSuite;
const utf8 = (bytes: Uint8Array | null | undefined): string => new TextDecoder().decode(bytes);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const view = (name: string): Uint8Array => Buffer.from(`\x10${name}`);
const put = (name: string, value: string): Op => ({
  type: 'put',
  key: view(name),
  value: Buffer.from(value),
});
const withOps = (ops: NewRecord['ops']): NewRecord => ({ ...record(0), ...(ops && { ops }) });

async function directory(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-archive-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'archive');
}

/** The root over the leaves that the log itself hands out. */
function rootOf(log: ArchiveLog): string {
  const leaves = Array.from({ length: log.size }, (_, at) => hashLeaf(sha256, log.entryBytes(at)!));
  return hex(frontierRoot(sha256, extendFrontier(sha256, EMPTY_FRONTIER, leaves)));
}

test('what was appended is there after opening again, in order, with kind, time and content', async (t) => {
  const location = await directory(t);
  let log = await ArchiveLog.open(archiveOptions(location));
  assert.deepEqual(await log.append(records(0, 3)), { first: 0, time: START });
  assert.deepEqual(await log.append([{ kind: 'roster', content: new Uint8Array(0) }]), {
    first: 3,
    time: START,
  });
  const { root } = log.head;
  await log.close();
  log = await ArchiveLog.open(archiveOptions(location));
  assert.equal(log.size, 4);
  assert.equal(hex(log.head.root), hex(root));
  const read = await log.read(0, 10);
  assert.deepEqual(
    read.map(({ sequence, kind, time }) => ({ sequence, kind, time })),
    [
      { sequence: 0, kind: 'message', time: START },
      { sequence: 1, kind: 'message', time: START },
      { sequence: 2, kind: 'message', time: START },
      { sequence: 3, kind: 'roster', time: START },
    ],
  );
  assert.equal(utf8(read[2]?.content), 'message 2');
  assert.equal(utf8(log.content(1)), 'message 1');
  assert.equal(log.content(4), undefined);
  assert.equal(log.entry(3)?.kind, 'roster');
  assert.deepEqual(
    (await log.read(2, 1)).map(({ sequence }) => sequence),
    [2],
  );
  assert.deepEqual(await log.read(4, 1), []);
  await log.close();
});

test('a log of any size opens again with the same root', async (t) => {
  const location = await directory(t);
  let next = 0;
  for (const size of [1, 2, 255, 256, 257, 600, 1024, 1300]) {
    let log = await ArchiveLog.open(archiveOptions(location));
    await log.append(records(next, size - next));
    next = size;
    const root = hex(log.head.root);
    assert.equal(root, rootOf(log));
    await log.close();
    log = await ArchiveLog.open(archiveOptions(location));
    assert.equal(log.size, size);
    assert.equal(hex(log.head.root), root);
    assert.deepEqual((await log.verify()).findings, []);
    await log.close();
  }
});

test('sequence numbers are dense and in the order of the calls, however appends are grouped', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 }),
      async (groups) => {
        const disk = new FaultyDisk();
        await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
        let next = 0;
        const appends = groups.map((count) => {
          const append = log.append(records(next, count));
          next += count;
          return append;
        });
        const firsts = (await Promise.all(appends)).map(({ first }) => first);
        assert.deepEqual(
          firsts,
          groups.map((_, at) => groups.slice(0, at).reduce((sum, count) => sum + count, 0)),
        );
        assert.equal(disk.batches, 1);
        assert.equal(hex(log.head.root), rootOf(log));
        for (const { sequence, content } of await log.read(0, next))
          assert.equal(utf8(content), `message ${sequence}`);
      },
    ),
    { numRuns: 25 },
  );
});

test('receipt times never decrease, whatever the clock does, also after opening again', async () => {
  const disk = new FaultyDisk();
  const times = [START + 5, START - 1000, START + 7, START];
  const options = archiveOptions('', { openStore: disk.open, clock: () => times.shift() ?? 0 });
  let log = await ArchiveLog.open(options);
  const given = [(await log.append([record(0)])).time, (await log.append([record(1)])).time];
  await log.close();
  log = await ArchiveLog.open(options);
  given.push((await log.append([record(2)])).time, (await log.append([record(3)])).time);
  assert.deepEqual(given, [START + 5, START + 5, START + 7, START + 7]);
  await log.close();
});

test('view changes are seen at once, and written with the entry they belong to', async (t) => {
  const location = await directory(t);
  let log = await ArchiveLog.open(archiveOptions(location));
  const first = log.append([withOps((sequence, time) => [put('a', `${sequence} ${time}`)])]);
  assert.equal(utf8(log.get(view('a'))), `0 ${START}`);
  const second = log.append([withOps([put('a', 'again'), put('b', 'x')])]);
  assert.equal(utf8(log.get(view('a'))), 'again');
  await first;
  assert.equal(utf8(log.get(view('a'))), 'again');
  await second;
  const third = log.append([withOps([{ type: 'del', key: view('b') }])]);
  assert.equal(log.has(view('b')), false);
  await third;
  assert.equal(log.has(view('b')), false);
  await log.append([withOps([put('c', '3'), put('d', '4')])]);
  await log.close();
  log = await ArchiveLog.open(archiveOptions(location));
  const keys: string[] = [];
  for await (const [key] of log.iterate({
    gte: view(''),
    lt: Uint8Array.of(0x11),
    reverse: true,
    limit: 2,
  })) {
    keys.push(utf8(key.subarray(1)));
  }
  assert.deepEqual(keys, ['d', 'c']);
  assert.equal(utf8(log.get(view('a'))), 'again');
  await log.close();
});

test('a view cannot change the log’s own keys, and nothing of such an append is kept', async () => {
  const disk = new FaultyDisk();
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  const wrong = [put('fine', 'x'), { type: 'del', key: Uint8Array.of(0x01, 0) } as const];
  await assert.rejects(log.append([withOps(wrong)]), { code: 'internal' });
  assert.equal(log.has(view('fine')), false);
  await assert.rejects(log.append([]), { code: 'internal' });
  assert.equal((await log.append([record(0)])).first, 0);
});

test('an entry is proven to be in the log, and an older log to be a prefix of it', async (t) => {
  await using log = await ArchiveLog.open(archiveOptions(await directory(t)));
  await log.append(records(0, 300));
  const older = log.head;
  await log.append(records(300, 500));
  for (const sequence of [0, 255, 256, 299, 700, 799]) {
    const claim = { index: sequence, size: 800, root: log.head.root, proof: log.inclusionProof(sequence) };
    assert.ok(
      verifyInclusion(sha256, { ...claim, leafHash: hashLeaf(sha256, log.entryBytes(sequence)!) }).ok,
    );
  }
  const old = { index: 299, size: 300, root: older.root, proof: log.inclusionProof(299, 300) };
  assert.ok(verifyInclusion(sha256, { ...old, leafHash: hashLeaf(sha256, log.entryBytes(299)!) }).ok);
  const claim = { olderSize: 300, olderRoot: older.root, newerSize: 800, newerRoot: log.head.root };
  assert.ok(verifyConsistency(sha256, { ...claim, proof: log.consistencyProof(300) }).ok);
  for (const outside of [
    () => log.inclusionProof(800),
    () => log.inclusionProof(0, 801),
    () => log.consistencyProof(0),
  ]) {
    assert.throws(outside, { code: 'request.invalid' });
  }
});

test('a checkpoint opens to the head, and is signed once for a size', async () => {
  const disk = new FaultyDisk();
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  let signatures = 0;
  const inner = sodiumSigner(new Uint8Array(32).fill(3));
  const signer = { publicKey: inner.publicKey, sign: (text: Uint8Array) => (signatures++, inner.sign(text)) };
  await log.append(records(0, 5));
  const [note, same] = await Promise.all([log.checkpoint(signer), log.checkpoint(signer)]);
  assert.equal(note, same);
  assert.equal(signatures, 1);
  const opened = openCheckpoint(note, ORIGIN, signer.publicKey, sodiumSuite);
  assert.ok(opened.ok);
  assert.equal(opened.value.size, 5);
  assert.equal(hex(opened.value.root), hex(log.head.root));
  await log.append(records(5, 1));
  assert.notEqual(await log.checkpoint(signer), note);
});

test('of views that are only listed a change is seen once it is durable, of others at once', async (t) => {
  const isListed = (key: Uint8Array): boolean => key[1] === view('listed')[1];
  await using log = await ArchiveLog.open({ ...archiveOptions(await directory(t)), isListed });
  const listed = log.append([withOps([put('listed', 'a'), put('other', 'a')])]);
  assert.deepEqual([utf8(log.get(view('listed'))), utf8(log.get(view('other')))], ['', 'a']);
  await listed;
  assert.deepEqual([utf8(log.get(view('listed'))), utf8(log.get(view('other')))], ['a', 'a']);
});

test('readers are told of what became durable until they ask no more, and one that fails harms nobody', async () => {
  const disk = new FaultyDisk();
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  const sizes: number[] = [];
  log.onCommit(() => {
    throw new Error('a reader with a fault');
  });
  const stop = log.onCommit((size) => sizes.push(size));
  await log.append(records(0, 2));
  await log.append(records(2, 3));
  stop();
  await log.append(records(5, 1));
  assert.deepEqual(sizes, [2, 5]);
});

test('closing makes durable what waits, and takes no more', async (t) => {
  const location = await directory(t);
  const log = await ArchiveLog.open(archiveOptions(location));
  const appends = [log.append(records(0, 10)), log.append(records(10, 10))];
  await log.close();
  assert.deepEqual(
    (await Promise.all(appends)).map(({ first }) => first),
    [0, 10],
  );
  await assert.rejects(log.append([record(20)]), { code: 'archive.closed' });
  assert.throws(() => log.get(view('a')), { code: 'archive.closed' });
  await using again = await ArchiveLog.open(archiveOptions(location));
  assert.equal(again.size, 20);
});

test('an archive that is open cannot be opened a second time', async (t) => {
  const location = await directory(t);
  await using log = await ArchiveLog.open(archiveOptions(location));
  await assert.rejects(ArchiveLog.open(archiveOptions(location)), { code: 'archive.locked' });
  await log.append([record(0)]);
});

test('an archive that another process has open is left alone, and that process is named', async (t) => {
  const location = await directory(t);
  await (await ArchiveLog.open(archiveOptions(location))).close();
  const open = `import { Level } from 'level'; await new Level(process.argv[1]).open(); console.log('open'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', open, location], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: import.meta.dirname,
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  // a table that the other has only begun, and damage that would have all tables looked at
  await writeFile(join(location, '000999.ldb'), 'begun');
  await writeFile(join(location, 'CURRENT'), 'nothing');
  const isNamed =
    process.platform === 'linux' ? new RegExp(`open in process ${child.pid};`) : /another process/;
  await assert.rejects(ArchiveLog.open(archiveOptions(location)), {
    code: 'archive.locked',
    message: isNamed,
  });
  assert.equal(await readFile(join(location, '000999.ldb'), 'utf8'), 'begun');
});

test('the archive of another organisation is not taken for one’s own', async () => {
  const disk = new FaultyDisk();
  const log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  await log.append([record(0)]);
  await log.close();
  const other = archiveOptions('', { openStore: disk.open, origin: 'other.test/chancery' });
  await assert.rejects(ArchiveLog.open(other), { code: 'config.invalid' });
});

test('more than the queue or one batch can hold is refused, and what was accepted is kept', async () => {
  const disk = new FaultyDisk();
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  await assert.rejects(log.append(records(0, 4097)), { code: 'limit.exceeded' });
  const large = { kind: 'message', content: new Uint8Array(5 * 1024 * 1024) } as const;
  await assert.rejects(log.append([large]), { code: 'limit.exceeded' });
  const accepted = Array.from({ length: 4 }, (_, at) => log.append(records(at * 4096, 4096)));
  await assert.rejects(log.append([record(0)]), { code: 'limit.exceeded' });
  await Promise.all(accepted);
  assert.equal(disk.batches, 4);
  assert.equal((await log.append([record(16384)])).first, 16384);
});

test('the root of every size it had, and every tile of it, can be asked for, and none that it had not', async () => {
  const disk = new FaultyDisk();
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  const roots = [hex(log.head.root)];
  for (const size of [1, 2, 255, 256, 300, 513]) {
    await log.append(records(log.size, size - log.size));
    roots[size] = hex(log.head.root);
  }
  roots.forEach((root, size) => assert.equal(hex(log.rootAt(size)), root, `size ${size}`));
  assert.throws(() => log.rootAt(514), { code: 'request.invalid' });
  const leaves = Array.from({ length: 513 }, (_, at) => hex(hashLeaf(sha256, log.entryBytes(at)!)));
  for (const [index, width] of [
    [0, 256],
    [0, 7],
    [1, 256],
    [2, 1],
  ] as const) {
    const expected = leaves.slice(index * 256, index * 256 + width).join('');
    assert.equal(hex(log.tile(0, index, width)!), expected, `tile ${index} of width ${width}`);
  }
  const upper = [0, 256].map((from) => {
    const hashes = leaves.slice(from, from + 256).map((leaf) => Buffer.from(leaf, 'hex'));
    return hex(frontierRoot(sha256, extendFrontier(sha256, EMPTY_FRONTIER, hashes)));
  });
  assert.equal(hex(log.tile(1, 0, 2)!), upper.join(''));
  for (const [level, index, width] of [
    [0, 2, 2],
    [0, 3, 1],
    [1, 0, 3],
    [2, 0, 1],
    [63, 0, 1],
  ] as const)
    assert.equal(log.tile(level, index, width), undefined, `tile ${level}/${index} of width ${width}`);
});

test('a log that is stopped refuses every append with the reason, and is read as before', async () => {
  const disk = new FaultyDisk();
  await using log = await ArchiveLog.open(archiveOptions('', { openStore: disk.open }));
  await log.append(records(0, 2));
  const reason = refuse('archive.rolled-back', 'restore it').refusal;
  log.stopAppending(reason);
  log.stopAppending(refuse('archive.forked', 'later').refusal);
  await assert.rejects(log.append([record(2)]), { code: 'archive.rolled-back' });
  assert.equal(log.stopped, reason);
  assert.equal(log.size, 2);
  assert.equal(utf8(log.content(1)), 'message 1');
});
