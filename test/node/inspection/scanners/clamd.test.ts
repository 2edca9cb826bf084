import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';
import { clamdScanner, type Scanner } from '../../../../node/inspection/index.ts';
import { testFile } from '../../../../node/inspection/scanners/test-file.ts';
import { bytesOf, zipOf } from '../../../support/inspected.ts';
import { requireCommands } from '../../../support/requirements.ts';
import {
  CLAMD_COMMANDS,
  CLAMD_PACKAGES,
  SIGNATURE,
  startClamd,
  startSpeaker,
  type Clamd,
} from '../../../support/malware-scanners.ts';

const MIB = 1024 * 1024;

describe('clamd', () => {
  let started: Promise<Clamd> | undefined;

  /** Both ways to it; none where there is no clamd here. */
  async function scanners(t: TestContext): Promise<readonly Scanner[]> {
    if (!requireCommands(t, CLAMD_COMMANDS, CLAMD_PACKAGES)) return [];
    const { path, port } = await (started ??= startClamd(MIB));
    return [
      clamdScanner({ name: 'by socket', address: { path } }),
      clamdScanner({ name: 'by port', address: { host: '127.0.0.1', port } }),
    ];
  }

  after(async () => (await started)?.stop());

  it('finds the test file, alone and in an archive, and says by which signature', async (t) => {
    for (const scanner of await scanners(t)) {
      for (const bytes of [testFile, zipOf({ 'in.zip': zipOf({ 'a.com': testFile }) })]) {
        const { state, name, engine } = await scanner.scan(bytes);
        assert.deepEqual([state, name], ['infected', SIGNATURE], scanner.name);
        assert.match(engine, /^ClamAV \d/);
      }
    }
  });

  it('says that a file is clean: empty, small, in several chunks', async (t) => {
    for (const scanner of await scanners(t))
      for (const bytes of [new Uint8Array(), bytesOf('words'), Buffer.alloc(MIB, 'words ')])
        assert.equal((await scanner.scan(bytes)).state, 'clean', `${scanner.name}, ${bytes.length} bytes`);
  });

  it('fails for a file that is larger than it takes: it looked at none of it, or at the beginning only', async (t) => {
    for (const scanner of await scanners(t)) {
      const { state, name } = await scanner.scan(Buffer.alloc(8 * MIB, 'words '));
      assert.equal(state, 'failed');
      assert.match(name ?? '', /size limit exceeded|EPIPE|ECONNRESET|connection ended/);
    }
  });

  it('answers many at once', async (t) => {
    const verdicts = (await scanners(t)).flatMap((scanner) =>
      Array.from({ length: 10 }, (_, index) => scanner.scan(index % 2 === 0 ? testFile : bytesOf('words'))),
    );
    const infected = (await Promise.all(verdicts)).filter(({ state }) => state === 'infected');
    assert.equal(infected.length, verdicts.length / 2);
  });

  it('is well where it answers, and finds the test file', async (t) => {
    for (const scanner of await scanners(t)) {
      const health = await scanner.check();
      assert.ok(health.ok);
      assert.match(health.engine, /^ClamAV \d/);
    }
  });
});

describe('what stands where clamd should', () => {
  async function ask(
    answer: (asked: string) => string | undefined,
    bytes: Uint8Array = testFile,
  ): Promise<{ said: unknown[]; asked: string }> {
    const speaker = await startSpeaker(answer);
    const address = { host: '127.0.0.1', port: speaker.port };
    const scanner = clamdScanner({ name: 'clamd', address, withinMs: 2_000, maxBytes: MIB });
    const { state, name } = await scanner.scan(bytes);
    await speaker.stop();
    return { said: [state, name], asked: speaker.asked() };
  }

  /** Answers a whole stream, and the question for the version. */
  function saying(verdict: string): (asked: string) => string | undefined {
    return (asked) => {
      if (asked.startsWith('zVERSION')) return 'ClamAV 1\0';
      return asked.endsWith('\0\0\0\0') ? `${verdict}\0` : undefined;
    };
  }

  it('is given the file in chunks, each behind its length, and an empty one to end it', async () => {
    const { said, asked } = await ask(saying('stream: OK'), bytesOf('words'));
    assert.deepEqual(said, ['clean', undefined]);
    assert.ok(asked.includes('zINSTREAM\0\0\0\0\x05words\0\0\0\0'));
  });

  for (const verdict of [
    'stream: ERROR',
    'OK',
    'stream: OK and more',
    'stream:  FOUND',
    '',
    'UNKNOWN COMMAND',
  ]) {
    it(`fails where it says ${JSON.stringify(verdict)}`, async () => {
      assert.equal((await ask(saying(verdict))).said[0], 'failed');
    });
  }

  it('fails where it hangs up, says nothing, or never ends its answer', async () => {
    assert.equal((await ask(() => 'end')).said[0], 'failed');
    assert.deepEqual((await ask(() => undefined)).said, ['failed', 'no answer within 2000 ms']);
    assert.deepEqual((await ask(() => 'x'.repeat(10_000))).said, ['failed', 'the answer is too long']);
  });

  it('fails where nobody listens, and is not well', async () => {
    const scanner = clamdScanner({ name: 'clamd', address: { path: '/nowhere/socket' } });
    assert.equal((await scanner.scan(testFile)).state, 'failed');
    assert.equal((await scanner.check()).ok, false);
  });

  it('is not well where it passes the test file', async () => {
    const speaker = await startSpeaker((asked) =>
      asked === 'zPING\0' ? 'PONG\0' : saying('stream: OK')(asked),
    );
    const scanner = clamdScanner({ name: 'clamd', address: { host: '127.0.0.1', port: speaker.port } });
    const health = await scanner.check();
    await speaker.stop();
    assert.ok(!health.ok && health.reason.includes('EICAR'));
  });

  it('is not asked about a file that is larger than the limit', async () => {
    const { said, asked } = await ask(saying('stream: OK'), Buffer.alloc(MIB + 1));
    assert.deepEqual([said[0], asked], ['failed', '']);
  });
});
