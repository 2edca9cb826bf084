/** Times in which nothing could be recorded are on record, before what was recorded next, whatever the clock and the disk do. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pino } from 'pino';
import { ArchiveLog } from '../../../node/archive/index.ts';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import { Absences, ledgerOn, type Absence, type Ledger } from '../../../node/ledger/index.ts';
import { absencesAtPromotion, Recording } from '../../../node/recording/index.ts';
import { refuse } from '../../../protocol/errors/index.ts';
import { archiveOptions, START, testSealing } from '../../support/archive.ts';
import { FaultyDisk } from '../../support/faulty-store.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const EVERYTHING = { since: null, until: null, before: null };

/** A node whose archive and mark outlive it, with a clock that stands where the test puts it. */
class Machine {
  readonly disk = new FaultyDisk();
  readonly file: string;
  now = START;
  steady = 0;
  #log: ArchiveLog | undefined;
  #ledger: Ledger | undefined;
  #recording: Recording | undefined;

  constructor(t: TestContext) {
    const folder = mkdtempSync(join(tmpdir(), 'chancery-recording-'));
    this.file = join(folder, 'archive.recording');
    t.after(() => {
      rmSync(folder, { recursive: true, force: true });
    });
  }

  get ledger(): Ledger {
    return this.#ledger!;
  }

  get recording(): Recording {
    return this.#recording!;
  }

  get log(): ArchiveLog {
    return this.#log!;
  }

  /** Starts up to where the log may be written to. */
  async open(): Promise<void> {
    const log = await ArchiveLog.open(
      archiveOptions('', { openStore: this.disk.open, clock: () => this.now }),
    );
    this.#log = log;
    this.#ledger = ledgerOn(log, 'acme.test', sodiumSuite.sha256, testSealing().views);
    this.#recording = new Recording({
      ledger: this.#ledger,
      file: this.file,
      clock: () => this.now,
      steady: () => this.steady,
      logger: pino({ level: 'silent' }),
    });
  }

  async start(): Promise<void> {
    await this.open();
    this.recording.start();
    await this.settled();
  }

  async stop(): Promise<void> {
    this.recording.stop();
    await this.log.close();
  }

  /** What is under way is written: a look at the log waits for it. */
  async settled(): Promise<void> {
    await this.log.derive([]).catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Dies without a word, and leaves what a process leaves. */
  die(): void {
    this.disk.abandon();
    this.recording.look = () => undefined;
  }

  pass(milliseconds: number): void {
    this.now += milliseconds;
    this.steady += milliseconds;
  }

  say(what: string): Promise<void> {
    return this.ledger.administer('operator', 'said', what);
  }

  async look(): Promise<void> {
    this.recording.look();
    await this.settled();
  }

  absences(): Promise<Absence[]> {
    return new Absences(this.ledger).list(EVERYTHING, 500);
  }

  kinds(): string[] {
    return Array.from({ length: this.log.size }, (_, at) => this.log.entry(at)!.kind);
  }
}

function told({ from, until, lasted, reason, codes }: Absence): unknown[] {
  return [from - START, until - START, lasted, reason, ...codes];
}

test('C8: while the node was down nothing could be recorded, which is on record before what comes next', async (t) => {
  const machine = new Machine(t);
  await machine.start();
  await machine.say('first');
  machine.pass(5 * MINUTE);
  await machine.stop();
  machine.pass(61 * SECOND);
  await machine.open();
  await machine.say('second');
  assert.deepEqual(machine.kinds(), ['administration', 'absence', 'administration']);
  const [absence] = await machine.absences();
  assert.deepEqual(told(absence!), [5 * MINUTE, 5 * MINUTE + 61 * SECOND, 61 * SECOND, 'node-down']);
  assert.match(absence!.detail, /stopped in order/);
});

test('C8: a node that nobody speaks to records by itself that it was down, once', async (t) => {
  const machine = new Machine(t);
  await machine.start();
  await machine.say('first');
  await machine.stop();
  machine.pass(10 * MINUTE);
  await machine.start();
  for (let again = 0; again < 3; again += 1) {
    machine.pass(2 * MINUTE);
    await machine.look();
  }
  assert.deepEqual(machine.kinds(), ['administration', 'absence']);
});

test('C8: a restart within a minute is no absence', async (t) => {
  const machine = new Machine(t);
  await machine.start();
  await machine.say('first');
  await machine.stop();
  machine.pass(MINUTE);
  await machine.start();
  await machine.say('second');
  assert.deepEqual(machine.kinds(), ['administration', 'administration']);
});

test('C8: after a death without notice the absence begins when the node was last known to be up', async (t) => {
  const machine = new Machine(t);
  await machine.start();
  await machine.say('first');
  for (let minute = 0; minute < 3; minute += 1) {
    machine.pass(MINUTE);
    await machine.look();
  }
  machine.pass(30 * SECOND);
  machine.die();
  machine.pass(10 * MINUTE);
  await machine.start();
  const [absence] = await machine.absences();
  assert.deepEqual(told(absence!), [
    3 * MINUTE,
    13 * MINUTE + 30 * SECOND,
    10 * MINUTE + 30 * SECOND,
    'node-down',
  ]);
  assert.match(absence!.detail, /without notice/);
});

test('C8: with a mark that is missing or damaged it is unknown since the last entry, and that is what is on record', async (t) => {
  for (const spoil of [
    (file: string) => {
      rmSync(file);
    },
    (file: string) => {
      writeFileSync(
        file,
        readFileSync(file).map((byte, at) => (at % 100 === 40 ? byte ^ 1 : byte)),
      );
    },
    (file: string) => {
      truncateSync(file, 500);
    },
  ]) {
    const machine = new Machine(t);
    await machine.start();
    await machine.say('first');
    machine.pass(2 * MINUTE);
    await machine.stop();
    spoil(machine.file);
    machine.pass(2 * MINUTE);
    await machine.start();
    const [absence] = await machine.absences();
    assert.deepEqual(told(absence!), [0, 4 * MINUTE, null, 'started-without-mark']);
    assert.match(absence!.detail, /(missing|damaged): unknown since the last entry/);
  }
});

test('C8: a full disk is on record with its code as soon as there is space, by the next message or without one', async (t) => {
  for (const isSpokenTo of [true, false]) {
    const machine = new Machine(t);
    await machine.start();
    await machine.say('first');
    machine.pass(MINUTE);
    machine.disk.faults.push('full', 'full');
    await assert.rejects(machine.say('refused'), { code: 'archive.full' });
    machine.pass(2 * MINUTE);
    await assert.rejects(machine.say('refused again'), { code: 'archive.full' });
    machine.pass(MINUTE);
    if (isSpokenTo) await machine.say('second');
    else await machine.look();
    assert.deepEqual(machine.kinds().slice(0, 2), ['administration', 'absence']);
    const [absence, ...more] = await machine.absences();
    assert.deepEqual(more, []);
    assert.deepEqual(told(absence!), [MINUTE, 4 * MINUTE, 3 * MINUTE, 'archive-refused', 'archive.full']);
    assert.equal(machine.recording.missing, undefined);
  }
});

test('C8: a failed write that is made good within a minute is no absence', async (t) => {
  const machine = new Machine(t);
  await machine.start();
  await machine.say('first');
  machine.disk.faults.push('lost');
  await assert.rejects(machine.say('refused'), { code: 'archive.failed' });
  machine.pass(MINUTE);
  await machine.say('second');
  machine.pass(5 * MINUTE);
  await machine.say('third');
  assert.deepEqual(machine.kinds(), ['administration', 'administration', 'administration']);
});

test('C8: what the archive refused before the node ended is on record after it, and so is the time it was down', async (t) => {
  const machine = new Machine(t);
  await machine.start();
  await machine.say('first');
  machine.log.stopAppending(refuse('archive.rolled-back', 'the log lacks what a partner cosigned').refusal);
  await machine.look();
  machine.pass(10 * MINUTE);
  await machine.look();
  await machine.stop();
  machine.pass(30 * SECOND);
  await machine.start();
  const absences = await machine.absences();
  assert.deepEqual(absences.toReversed().map(told), [
    [0, 10 * MINUTE, 10 * MINUTE, 'archive-refused', 'archive.rolled-back'],
    [10 * MINUTE, 10 * MINUTE + 30 * SECOND, 30 * SECOND, 'node-down'],
  ]);
});

test('C8: a clock that was set back is said so in the record, since then nobody knows how long it was', async (t) => {
  const machine = new Machine(t);
  await machine.start();
  await machine.say('first');
  machine.pass(5 * MINUTE);
  await machine.stop();
  machine.now -= 60 * MINUTE;
  await machine.start();
  await machine.say('second');
  const [absence] = await machine.absences();
  assert.equal(machine.kinds()[1], 'absence');
  assert.deepEqual(told(absence!), [5 * MINUTE, 5 * MINUTE, null, 'node-down']);
  assert.equal(absence!.setBack, 60 * MINUTE);
  assert.match(absence!.detail, /clock had been set back/);
});

test('C8: what is refused while the clock stands behind the log is measured by a clock that cannot be set', async (t) => {
  const machine = new Machine(t);
  await machine.start();
  machine.now += 400 * 24 * 60 * MINUTE;
  await machine.say('from the future');
  machine.now = START;
  machine.disk.faults.push('full');
  await assert.rejects(machine.say('refused'), { code: 'archive.full' });
  machine.pass(5 * MINUTE);
  await machine.say('second');
  const [absence] = await machine.absences();
  const future = 400 * 24 * 60 * MINUTE;
  assert.deepEqual(told(absence!), [future, future, 5 * MINUTE, 'archive-refused', 'archive.full']);
});

test('C8: absences are listed newest first, page by page, by the time that they overlap', async (t) => {
  const machine = new Machine(t);
  await machine.start();
  await machine.say('first');
  for (let night = 0; night < 5; night += 1) {
    await machine.stop();
    machine.pass(10 * MINUTE);
    await machine.start();
    machine.pass(50 * MINUTE);
    await machine.look();
  }
  const absences = new Absences(machine.ledger);
  const all = await absences.list(EVERYTHING, 500);
  assert.deepEqual(
    all.map(({ until }) => (until - START) / MINUTE),
    [250, 190, 130, 70, 10],
  );
  const page = await absences.list({ ...EVERYTHING, before: all[1]!.sequence }, 2);
  assert.deepEqual(page, all.slice(2, 4));
  const within = await absences.list({ since: all[3]!.until, until: all[2]!.from, before: null }, 500);
  assert.deepEqual(within, all.slice(2, 4));
});

test('C8: a replica that takes over records since when the primary was not heard, and nothing where it is there', () => {
  const log = { head: { size: 7, root: new Uint8Array(32), time: START }, now: START + 10 * MINUTE };
  const lost = absencesAtPromotion(log, { connected: false, lastContact: START + MINUTE }, 'it burned');
  assert.deepEqual(
    lost.map(({ from, until, reason }) => [from, until, reason]),
    [[START + MINUTE, START + 10 * MINUTE, 'node-down']],
  );
  assert.deepEqual(absencesAtPromotion(log, { connected: true, lastContact: START }, 'planned'), []);
  const soon = { connected: false, lastContact: START + 9 * MINUTE + 30 * SECOND };
  assert.deepEqual(absencesAtPromotion(log, soon, 'at once'), []);
});
