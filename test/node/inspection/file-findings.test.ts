import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  FileFindings,
  type AttachedFile,
  type FileFindingsOptions,
  type Scanner,
  type Verdict,
} from '../../../node/inspection/index.ts';
import { inspectFile } from '../../../node/inspection/inspect-file.ts';
import { bytesOf } from '../../support/inspected.ts';

const CLEAN: Verdict = { state: 'clean', engine: 'test 1' };

/** A scanner that says what it is told to, and what it was given. */
function scannerSaying(...verdicts: Verdict[]): Scanner & { readonly given: string[] } {
  const given: string[] = [];
  return {
    name: 'scanner',
    given,
    scan: (bytes) => {
      given.push(Buffer.from(bytes).toString());
      return Promise.resolve(verdicts.length > 1 ? (verdicts.shift() ?? CLEAN) : (verdicts[0] ?? CLEAN));
    },
    check: () => Promise.resolve({ ok: true, engine: 'test 1' }),
  };
}

function fileOf(text: string, name = 'a.txt'): AttachedFile {
  return { digest: createHash('sha256').update(text).digest(), name, type: 'text/plain' };
}

function readOf(text: string): () => Promise<Uint8Array> {
  return () => Promise.resolve(bytesOf(text));
}

/** Findings with a clock that is moved by hand. */
function findings(options: Partial<FileFindingsOptions> = {}): FileFindings & { clock: { now: number } } {
  const clock = { now: 0 };
  const made = new FileFindings({ inspect: inspectFile, scanners: [], now: () => clock.now, ...options });
  return Object.assign(made, { clock });
}

describe('what is known of files', () => {
  it('is what inspection and every scanner found', async () => {
    const infected: Verdict = { state: 'infected', name: 'Eicar', engine: 'test 2' };
    const known = findings({ scanners: [scannerSaying(CLEAN), scannerSaying(infected)] });
    assert.equal(known.get(fileOf('words')), undefined);
    const found = await known.find(fileOf('words'), readOf('words'));
    assert.deepEqual(found.texts, [{ place: 'a.txt', text: 'words' }]);
    assert.equal(found.inspection.type, 'text/plain');
    assert.deepEqual(found.verdicts, [
      { ...CLEAN, scanner: 'scanner' },
      { ...infected, scanner: 'scanner' },
    ]);
    assert.equal(known.get(fileOf('words')), found);
  });

  it('is found out once, however many ask, at once or later', async () => {
    const scanner = scannerSaying(CLEAN);
    const known = findings({ scanners: [scanner] });
    await Promise.all([1, 2, 3].map(() => known.find(fileOf('words'), readOf('words'))));
    await known.find(fileOf('words'), () => Promise.reject(new Error('not needed')));
    assert.deepEqual(scanner.given, ['words']);
  });

  it('is of one name: another name of the same bytes may be a risk', async () => {
    const known = findings();
    await known.find(fileOf('words'), readOf('words'));
    const other = await known.find(fileOf('words', 'a.txt.exe'), readOf('words'));
    assert.deepEqual(
      other.inspection.risks.map(({ code }) => code),
      ['executable', 'double-extension', 'type-mismatch'],
    );
  });

  it('has no texts once they were released; they are read again for whoever asks, without a second scan', async () => {
    const scanner = scannerSaying(CLEAN);
    const known = findings({ scanners: [scanner] });
    await known.find(fileOf('words'), readOf('words'));
    known.release(fileOf('words'));
    const { texts, verdicts, inspection } = known.get(fileOf('words')) ?? assert.fail();
    assert.deepEqual([texts, verdicts.length, inspection.type], [null, 1, 'text/plain']);
    const again = await known.find(fileOf('words'), readOf('words'));
    assert.deepEqual([again.texts?.length, scanner.given.length], [1, 1]);
  });

  it('holds for an hour, and what failed for a minute', async () => {
    const failed: Verdict = { state: 'failed', name: 'no answer', engine: '' };
    const scanner = scannerSaying(failed, CLEAN);
    const known = findings({ scanners: [scanner] });
    assert.equal((await known.find(fileOf('words'), readOf('words'))).verdicts[0]?.state, 'failed');
    known.clock.now = 59_999;
    assert.equal((await known.find(fileOf('words'), readOf('words'))).verdicts[0]?.state, 'failed');
    known.clock.now = 60_000;
    assert.equal((await known.find(fileOf('words'), readOf('words'))).verdicts[0]?.state, 'clean');
    known.clock.now += 3_599_999;
    assert.notEqual(known.get(fileOf('words')), undefined);
    known.clock.now += 1;
    assert.equal(known.get(fileOf('words')), undefined);
  });

  it('does not hold any longer for being read again', async () => {
    const known = findings();
    await known.find(fileOf('words'), readOf('words'));
    known.clock.now = 3_000_000;
    known.release(fileOf('words'));
    await known.find(fileOf('words'), readOf('words'));
    known.clock.now = 3_600_000;
    assert.equal(known.get(fileOf('words')), undefined);
  });

  it('is forgotten for the file longest not asked for, where there are too many', async () => {
    const known = findings({ maxFiles: 2 });
    for (const text of ['one', 'two']) await known.find(fileOf(text), readOf(text));
    known.get(fileOf('one'));
    await known.find(fileOf('three'), readOf('three'));
    assert.deepEqual(
      ['one', 'two', 'three'].map((text) => known.get(fileOf(text)) !== undefined),
      [true, false, true],
    );
  });

  it('loses the texts first that were longest not asked for, where there are too many', async () => {
    const known = findings({ maxCharacters: 8 });
    for (const text of ['one', 'two', 'three']) await known.find(fileOf(text), readOf(text));
    assert.deepEqual(
      ['one', 'two', 'three'].map((text) => known.get(fileOf(text))?.texts?.length),
      [undefined, 1, 1],
    );
  });

  it('is a failure where the file cannot be read, or the node has no room; the latter is not kept', async () => {
    const known = findings({ scanners: [scannerSaying(CLEAN)] });
    const unread = await known.find(fileOf('words'), () => Promise.reject(new Error('disk is gone')));
    assert.match(unread.inspection.failed ?? '', /^unread$/);
    assert.equal(unread.verdicts[0]?.state, 'failed');
    const busy = { ...(await inspectFile(bytesOf('x'), fileOf('x'))), failed: 'busy' };
    const full = findings({ inspect: () => Promise.resolve(busy) });
    assert.equal((await full.find(fileOf('x'), readOf('x'))).inspection.failed, 'busy');
    assert.equal(full.get(fileOf('x')), undefined);
  });

  it('has few files in memory at a time, and turns away what it has no room for', async () => {
    const gate = Promise.withResolvers<Uint8Array>();
    let reading = 0;
    const read = (): Promise<Uint8Array> => {
      reading += 1;
      return gate.promise;
    };
    const known = findings();
    const asked = Array.from({ length: 261 }, (_, index) => known.find(fileOf(`file ${index}`), read));
    assert.equal((await asked[260])?.inspection.failed, 'busy');
    assert.equal(reading, 4);
    gate.resolve(bytesOf('words'));
    const all = await Promise.all(asked.slice(0, 260));
    assert.deepEqual(
      all.filter(({ inspection }) => inspection.failed !== null),
      [],
    );
    assert.equal(reading, 260);
  });
});
