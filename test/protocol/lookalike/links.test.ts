import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { linksIn, type Link, type Trick } from '../../../protocol/lookalike/index.ts';
import { anyText } from '../../support/any-text.ts';

/** What is shown of each link, and the host it leads to. */
function found(text: string): string[] {
  return linksIn(text).map(({ shown, host }) => `${shown} → ${host}`);
}

function only(text: string): Link {
  const links = linksIn(text);
  assert.equal(links.length, 1, `${JSON.stringify(text)} has ${links.length} links`);
  return links[0]!;
}

test('URLs, bare domains and addresses are found, without the punctuation around them', () => {
  const texts: Readonly<Record<string, readonly string[]>> = {
    'See https://acme.com.': ['https://acme.com → acme.com'],
    '(https://acme.com/a_(b)), then': ['https://acme.com/a_(b) → acme.com'],
    'go to acme.com, or ask bob@evil.test!': ['acme.com → acme.com', 'bob@evil.test → evil.test'],
    '“acme.com/x?y#z”; <https://b.test>': ['acme.com/x?y#z → acme.com', 'https://b.test → b.test'],
    'https://a.test,https://b.test/;http://c.test': [
      ...['https://a.test → a.test', 'https://b.test/ → b.test', 'http://c.test → c.test'],
    ],
    '**acme.com** _www.acme.com_': ['acme.com → acme.com', 'www.acme.com → www.acme.com'],
    "https://acme.com's and https://acme.com’s": [
      'https://acme.com → acme.com',
      'https://acme.com → acme.com',
    ],
    'https://localhost:3000/x http://[::1]:80/': [
      'https://localhost:3000/x → localhost',
      'http://[::1]:80/ → [::1]',
    ],
    'acme.com/?u=b.test': ['acme.com/?u=b.test → acme.com'],
    '[a\n\nb](https://acme.com)': ['https://acme.com → acme.com'],
    'acme.com:8443/x 192.0.2.1/login': ['acme.com:8443/x → acme.com', '192.0.2.1/login → 192.0.2.1'],
    'acme.com。谢谢 https://例え.jp/x， 与acme.com谢谢': [
      ...['acme.com → acme.com', 'https://例え.jp/x → xn--r8jz45g.jp', 'acme.com → acme.com'],
    ],
    // a client can take the word before for a part of the domain
    '请看acme.com': ['请看acme.com → xn--acme-k47jt05h.com', 'acme.com → acme.com'],
    'https:\\\\acme.com\\x https:acme.com': ['https:\\\\acme.com\\x → acme.com', 'https:acme.com → acme.com'],
    'chancery://acme.example/root/1': ['chancery://acme.example/root/1 → acme.example'],
  };
  for (const [text, links] of Object.entries(texts)) assert.deepEqual(found(text), links, text);
});

test('what is no link is left alone', () => {
  const texts = [
    ...[
      'e.g. this, i.e. that',
      'version 1.2.3.4',
      'node.js and index.ts',
      'src/foo.rs',
      'etc...',
      'a:b',
      '10:30',
    ],
    ...[
      'metadata: x',
      'data:1,2',
      'https://',
      '[sic] (really)',
      '[page](docs/readme)',
      '[top](#top)',
      '@alice',
      '3.5%',
      'a@b',
    ],
  ];
  for (const text of texts) assert.deepEqual(found(text), [], text);
});

test('a link tells where it stands, what is shown, where it leads, and its host for machines and for people', () => {
  assert.deepEqual(linksIn('see [our site](https://bücher.example/x "title").'), [
    {
      start: 4,
      end: 48,
      shown: 'our site',
      target: 'https://bücher.example/x',
      host: 'xn--bcher-kva.example',
      unfolded: 'bücher.example',
      mismatch: false,
      deceptive: [],
    },
  ]);
  assert.equal(only('acme.com/x').target, 'https://acme.com/x');
  assert.equal(only('bob@acme.com').target, 'mailto:bob@acme.com');
});

test('a Markdown link leads where its target does, however that is written', () => {
  const targets: Readonly<Record<string, string>> = {
    '[x](https://evil.test/a)': 'evil.test',
    '[x](<https://evil.test/a b>)': 'evil.test',
    '[x](//evil.test)': 'evil.test',
    '[x](evil.test/a)': 'evil.test',
    '[x](https&colon;//evil&period;test)': 'evil.test',
    '[x](h&#116;tps:&#x2f;/evil.test)': 'evil.test',
    '[x](https:\\/\\/evil.test)': 'evil.test',
    '[x](bob@evil.test)': 'evil.test',
    '[x [y] (z)](https://evil.test/(a)(b))': 'evil.test',
    '![x](https://evil.test/pixel.png)': 'evil.test',
    '[x](tel:+4912345)': '',
  };
  for (const [text, host] of Object.entries(targets)) {
    const link = only(text);
    assert.deepEqual([link.host, link.start, link.end], [host, 0, text.length], text);
  }
  assert.deepEqual(found('[![build](https://img.test/b.svg)](https://acme.com)'), [
    '![build](https://img.test/b.svg) → acme.com',
    'build → img.test',
  ]);
});

test('a shown host that is not the one it leads to is a mismatch', () => {
  const mismatches = [
    ...['[acme.com](https://evil.test)', '[https://acme.com/login](https://evil.test/login)'],
    ...[
      '[**acme.com**](https://evil.test)',
      '[ａｃｍｅ．ｃｏｍ](https://evil.test)',
      '[ac\u200bme.com](https://evil.test)',
      '[acme․com](https://evil.test)',
    ],
    ...[
      '[pay@acme.com](mailto:pay@evil.test)',
      '[acme.com](https://acme.com.evil.test)',
      '[acme.com](tel:1)',
      '[acme.com](https://evil.test/acme.com)',
      '[acme.sh](https://evil.test/x)',
    ],
    ...[
      'https://acme.com@evil.test',
      'https://acme.com:443@evil.test/x',
      '[acme.com](https://xn--cme-5cd.com)',
    ],
  ];
  for (const text of mismatches) assert.ok(linksIn(text)[0]?.mismatch, text);
  const matches = [
    ...[
      '[acme.com](https://acme.com/x)',
      '[acme.com](https://login.acme.com)',
      '[our site](https://evil.test)',
    ],
    ...['[bücher.example](https://xn--bcher-kva.example)', 'https://acme.com', '[v1.2](https://acme.com)'],
    ...[
      'https://bob:secret@acme.com',
      '[README.md](https://acme.com/README.md#top)',
      '[![b](https://img.test/b.svg)](https://acme.com)',
    ],
  ];
  for (const text of matches) assert.ok(!linksIn(text)[0]?.mismatch, text);
});

test('a link that another shows is told too, for not everybody reads Markdown', () => {
  assert.deepEqual(found('[https://evil.test/path](https://acme.com)'), [
    'https://evil.test/path → acme.com',
    'https://evil.test/path → evil.test',
  ]);
});

test('each trick is told by its name', () => {
  const texts: readonly (readonly [string, ...Trick[]])[] = [
    ['https://acme.com/x'],
    ['https://bücher.example/👩\u200d💻'],
    ['https://метро.com'],
    ['https://сор.рф'],
    ['https://例え.jp'],
    ['https://日本語abc.jp'],
    ['\u2068https://acme.com\u2069'],
    ['https://acme.com@evil.test', 'user-info'],
    ['ssh://git@acme.com/x.git'],
    ['sftp://acme.com@evil.test', 'user-info'],
    ['https:\\\\evil.test\\@acme.com', 'backslash'],
    ['http://127.0.0.1/', 'ip-address'],
    ['http://[::1]/', 'ip-address'],
    ['http://2130706433/', 'ip-address', 'odd-number'],
    ['http://0x7f.1/', 'ip-address', 'odd-number'],
    ['http://0177.0.0.1', 'ip-address', 'odd-number'],
    ['https://xn--bcher-kva.example', 'punycode'],
    ['https://pаypal.com', 'mixed-script'],
    ['https://аррӏе.com', 'reads-as-latin'],
    ['https://xn--80ak6aa92e.com', 'punycode', 'reads-as-latin'],
    ['https://acme.com⁄login.evil.test/', 'separator-lookalike'],
    ['javascript:alert(1)', 'script-scheme'],
    ['[pay](JaVaScRiPt:alert(1))', 'script-scheme'],
    ['[pay](<java\tscript:alert(1)>)', 'script-scheme'],
    ['[pay](&#106;avascript:alert(1))', 'script-scheme'],
    ['[pay](data:text/html;base64,AAAA)', 'script-scheme'],
    ['data:text/html,hello', 'script-scheme'],
    ['https://acme.com/\u202egpj.exe', 'bidi-control'],
    ['[\u202emoc.emca](https://evil.test)', 'bidi-control'],
    ['\u202ehttps://acme.com/x', 'bidi-control'],
    ['\u202eback\u202c https://acme.com/x'],
    ['ac\u200bme.com', 'invisible-character'],
    ['https://ac\u200dme.com', 'invisible-character'],
    ['https://acme.com/a\u2060b', 'invisible-character'],
    ['[pay](https://acme.com/a\u2060b)', 'invisible-character'],
    ['http://256.1.1.1/', 'unreadable-host'],
  ];
  for (const [text, ...tricks] of texts) assert.deepEqual(linksIn(text)[0]?.deceptive, tricks, text);
});

test('a link is found in whatever text there is around it', () => {
  const around = fc.string({
    unit: fc.constantFrom(...Array.from('ab1.:/@[]()!\\<> \n\u202e\u200bе。')),
    maxLength: 30,
  });
  fc.assert(
    fc.property(around, around, (before, after) => {
      const links = linksIn(`${before}\n\n https://evil.example/x \n\n${after}`);
      assert.ok(
        links.some((link) => link.host === 'evil.example' && link.target === 'https://evil.example/x'),
      );
    }),
    { numRuns: 1_000 },
  );
});

test('no text makes it throw, and every link stands where it says', () => {
  const dense = fc.string({
    unit: fc.constantFrom(...Array.from('ac.:/@[]()!\\<> \n&;|h1\u202e\u200bе。-%')),
    maxLength: 80,
  });
  const pieces = fc.constantFrom(
    'https://',
    'acme.com',
    '](',
    '[',
    ')',
    'evil.test',
    'javascript:',
    'xn--',
    '@',
    ' ',
  );
  const made = fc.array(fc.oneof(pieces, dense), { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(anyText, made), (text) => {
      let last = 0;
      for (const { start, end, shown } of linksIn(text)) {
        assert.ok(last <= start && start < end && end <= text.length);
        assert.ok(text.slice(start, end).includes(shown));
        last = start;
      }
    }),
    { numRuns: 3_000 },
  );
});
