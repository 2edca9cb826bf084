import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';
import { icapScanner, type Verdict } from '../../../../node/inspection/index.ts';
import { testFile } from '../../../../node/inspection/scanners/test-file.ts';
import { bytesOf, zipOf } from '../../../support/inspected.ts';
import { requireCommands } from '../../../support/requirements.ts';
import {
  ICAP_COMMANDS,
  ICAP_PACKAGES,
  SIGNATURE,
  startClamd,
  startIcap,
  startSpeaker,
  type Clamd,
  type Icap,
} from '../../../support/malware-scanners.ts';

const MIB = 1024 * 1024;

describe('a scanner behind c-icap', () => {
  let started: Promise<readonly [Clamd, Icap]> | undefined;

  /** Undefined where there is none here. */
  async function server(t: TestContext): Promise<Icap | undefined> {
    if (!requireCommands(t, ICAP_COMMANDS, ICAP_PACKAGES)) return undefined;
    started ??= startClamd(16 * MIB).then(async (clamd) => [clamd, await startIcap(clamd)] as const);
    return (await started)[1];
  }

  after(async () => {
    const [clamd, icap] = (await started) ?? [];
    await icap?.stop();
    await clamd?.stop();
  });

  it('finds the test file, alone and in an archive, and says by which signature', async (t) => {
    const icap = await server(t);
    if (icap === undefined) return;
    const scanner = icapScanner({ name: 'icap', url: icap.url });
    for (const bytes of [testFile, zipOf({ 'a.com': testFile, 'b.txt': Buffer.alloc(MIB, 'words ') })]) {
      const { state, name, engine } = await scanner.scan(bytes);
      assert.deepEqual([state, name], ['infected', SIGNATURE]);
      assert.match(engine, /^C-ICAP\/.*Antivirus/);
    }
  });

  it('says that a file is clean: empty, within the preview, and far beyond it', async (t) => {
    const icap = await server(t);
    if (icap === undefined) return;
    const scanner = icapScanner({ name: 'icap', url: icap.url });
    for (const length of [0, 1, 1_023, 1_024, 1_025, 100_000, 3 * MIB])
      assert.equal((await scanner.scan(Buffer.alloc(length, 'words '))).state, 'clean', `${length} bytes`);
  });

  it('that gives every file back is not well, and one that is not there neither', async (t) => {
    const icap = await server(t);
    if (icap === undefined) return;
    const echo = icapScanner({ name: 'echo', url: icap.echo });
    assert.equal((await echo.scan(Buffer.alloc(MIB, 'words '))).state, 'clean');
    const health = await echo.check();
    assert.ok(!health.ok && health.reason.includes('EICAR'));
    const absent = icapScanner({ name: 'absent', url: new URL('/absent', icap.url) });
    assert.equal((await absent.scan(testFile)).state, 'failed');
    assert.equal((await absent.check()).ok, false);
    assert.equal((await icapScanner({ name: 'icap', url: icap.url }).check()).ok, true);
  });
});

const BODY = 'words';
const HTTP = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n';
const REFUSED = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n';

function carrying(http: string, chunks: string, fields = ''): string {
  return `ICAP/1.0 200 OK\r\n${fields}Encapsulated: res-hdr=0, res-body=${http.length}\r\n\r\n${http}${chunks}`;
}

interface Asked {
  readonly verdict: Verdict;
  readonly asked: string;
}

/** What is made of an answer to RESPMOD, and what was asked for it. */
async function ask(
  answer: string | ((asked: string) => string | undefined),
  { preview = '', bytes = bytesOf(BODY) }: { preview?: string; bytes?: Uint8Array } = {},
): Promise<Asked> {
  const said =
    typeof answer === 'function'
      ? answer
      : (asked: string) => (/\r\n0(; ieof)?\r\n\r\n$/.test(asked) ? answer : undefined);
  const speaker = await startSpeaker((asked) =>
    asked.startsWith('OPTIONS')
      ? `ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nService: Test\r\nISTag: "1"\r\n${preview}\r\n`
      : said(asked),
  );
  const url = new URL(`icap://127.0.0.1:${speaker.port}/scan`);
  const verdict = await icapScanner({ name: 'icap', url, withinMs: 2_000, maxBytes: MIB }).scan(bytes);
  await speaker.stop();
  return { verdict, asked: speaker.asked() };
}

describe('an ICAP server', () => {
  it('is asked as RFC 3507 says: offsets of the parts, and the body in chunks', async () => {
    const { asked, verdict } = await ask('ICAP/1.0 204 No Content\r\n\r\n');
    assert.deepEqual(verdict, { state: 'clean', engine: 'Test "1"' });
    const [, respmod = ''] = asked.split('RESPMOD');
    const [head = '', ...rest] = respmod.split('\r\n\r\n');
    const [, responseAt, bodyAt] = /Encapsulated: req-hdr=0, res-hdr=(\d+), res-body=(\d+)/.exec(head) ?? [];
    const carried = rest.join('\r\n\r\n');
    assert.match(head, /\r\nAllow: 204\r\n/);
    assert.match(carried, /^GET /);
    assert.ok(carried.slice(Number(responseAt)).startsWith('HTTP/1.1 200 OK\r\n'));
    assert.equal(carried.slice(Number(bodyAt)), '5\r\nwords\r\n0\r\n\r\n');
  });

  it('is given no more than the preview it asks for, and the rest when it says so', async () => {
    const whole = await ask('ICAP/1.0 204 No Content\r\n\r\n', { preview: 'Preview: 5\r\n' });
    assert.ok(
      whole.asked.includes('Preview: 5\r\n') && whole.asked.endsWith('5\r\nwords\r\n0; ieof\r\n\r\n'),
    );
    const answers = ['ICAP/1.0 100 Continue\r\n\r\n', 'ICAP/1.0 204 No Content\r\n\r\n'];
    const part = await ask((asked) => (asked.endsWith('0\r\n\r\n') ? answers.shift() : undefined), {
      preview: 'Preview: 2\r\n',
    });
    assert.equal(part.verdict.state, 'clean');
    assert.ok(part.asked.endsWith('2\r\nwo\r\n0\r\n\r\n3\r\nrds\r\n0\r\n\r\n'));
    const early = await ask('ICAP/1.0 204 No Content\r\n\r\n', { preview: 'Preview: 0\r\n' });
    assert.equal(early.verdict.state, 'clean');
    assert.ok(!early.asked.includes('words'));
  });

  const infected: readonly (readonly [what: string, answer: string, name: string | undefined])[] = [
    [
      'X-Infection-Found',
      carrying(REFUSED, '2\r\nno\r\n0\r\n\r\n', 'X-Infection-Found: Type=0; Resolution=2; Threat=Eicar;\r\n'),
      'Eicar',
    ],
    ['X-Virus-ID', carrying(HTTP, '5\r\nwords\r\n0\r\n\r\n', 'X-Virus-ID: Eicar\r\n'), 'Eicar'],
    [
      'X-Violations-Found',
      carrying(REFUSED, '2\r\nno\r\n0\r\n\r\n', 'X-Violations-Found: 1\r\n\tfile\r\n\tEicar\r\n'),
      '1 file Eicar',
    ],
    ['a name beside 204', 'ICAP/1.0 204 No Content\r\nX-Virus-ID: Eicar\r\n\r\n', 'Eicar'],
    ['403 alone', carrying(REFUSED, '2\r\nno\r\n0\r\n\r\n'), undefined],
  ];
  for (const [what, answer, name] of infected) {
    it(`says that a file is infected by ${what}`, async () => {
      const { verdict } = await ask(answer);
      assert.deepEqual([verdict.state, verdict.name], ['infected', name]);
    });
  }

  it('that gives the file back unchanged passes it', async () => {
    assert.equal((await ask(carrying(HTTP, '2\r\nwo\r\n3; x=y\r\nrds\r\n0\r\n\r\n'))).verdict.state, 'clean');
  });

  const failing: readonly (readonly [what: string, answer: string])[] = [
    ['gives another file back', carrying(HTTP, '5\r\nWORDS\r\n0\r\n\r\n')],
    ['gives less of the file back', carrying(HTTP, '4\r\nword\r\n0\r\n\r\n')],
    ['gives nothing back', 'ICAP/1.0 200 OK\r\nEncapsulated: null-body=0\r\n\r\n'],
    ['answers with another page', carrying('HTTP/1.1 302 Found\r\n\r\n', '0\r\n\r\n')],
    ['answers with 500', 'ICAP/1.0 500 Server error\r\n\r\n'],
    ['says to go on where there is no more', 'ICAP/1.0 100 Continue\r\n\r\n'],
    ['speaks HTTP', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['gives a chunk without a length', carrying(HTTP, 'words\r\n')],
    ['lies about the parts', 'ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=9, res-body=3\r\n\r\nwords'],
    ['never ends its header', `ICAP/1.0 204 No Content\r\n${'X: y\r\n'.repeat(20_000)}`],
    ['hangs up', 'end'],
  ];
  for (const [what, answer] of failing) {
    it(`that ${what} has not scanned the file`, async () => {
      assert.equal((await ask(answer)).verdict.state, 'failed');
    });
  }

  it('that gives more than it was asked about is not listened to', async () => {
    const { verdict } = await ask(carrying(HTTP, `${(2 * MIB).toString(16)}\r\n`));
    assert.deepEqual(
      [verdict.state, verdict.name],
      ['failed', 'the answer is longer than the file that was asked about'],
    );
  });

  it('that says nothing has not scanned the file, and is not waited for', async () => {
    assert.deepEqual((await ask(() => undefined)).verdict.name, 'no answer within 2000 ms');
  });

  it('is not asked about a file that is larger than the limit', async () => {
    const { verdict, asked } = await ask('ICAP/1.0 204 No Content\r\n\r\n', {
      bytes: new Uint8Array(MIB + 1),
    });
    assert.deepEqual([verdict.state, asked], ['failed', '']);
  });
});
