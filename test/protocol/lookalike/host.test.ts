import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readHost, registrableOf } from '../../../protocol/lookalike/index.ts';
import { parseDomain } from '../../../protocol/names/index.ts';

/** The names of IANA's test of internationalised domains (2007), and samples of RFC 3492, section 7.1. */
const UNFOLDED = {
  'xn--r8jz45g.xn--zckzah': '例え.テスト',
  'xn--e1afmkfd.xn--80akhbyknj4f': 'пример.испытание',
  'xn--hxajbheg2az3al.xn--jxalpdlp': 'παράδειγμα.δοκιμή',
  'xn--9n2bp8q.xn--9t4b11yi5a': '실례.테스트',
  'xn--p1b6ci4b4b3a.xn--11b5bs3a9aj6g': 'उदाहरण.परीक्षा',
  'xn--fsqu00a.xn--0zwm56d': '例子.测试',
  'xn--ihqwcrb4cv8a8dqg056pqjye.test': '他们为什么不说中文.test',
  'xn--b1abfaaepdrnnbgefbadotcwatmq2g4l.test': 'почемужеонинеговорятпорусски.test',
};

function browserHost(text: string): string | undefined {
  try {
    return new URL(`http://${text}/`).hostname.replace(/\.$/, '');
  } catch {
    return undefined;
  }
}

test('a host is unfolded into the letters that people see, and folded into the one form that is compared', () => {
  for (const [folded, unfolded] of Object.entries(UNFOLDED)) {
    assert.equal(readHost(folded)?.unfolded, unfolded);
    assert.equal(readHost(unfolded)?.host, folded);
  }
  assert.equal(readHost('Bücher.Example.')?.host, 'xn--bcher-kva.example');
  assert.equal(readHost('acme。example')?.host, 'acme.example');
});

test('an address in any disguise is the one that a browser goes to', () => {
  const addresses = {
    '127.0.0.1': ['127.1', '2130706433', '0x7f.1', '017700000001', '0x7F000001', '127.0.0.1.'],
    '[::1]': ['[::1]', '[0:0:0:0:0:0:0:1]', '[::0.0.0.1]'],
    '[2001:db8::2:1]': ['[2001:DB8:0:0:0:0:2:1]', '[2001:0db8::0002:0001]'],
  };
  for (const [address, forms] of Object.entries(addresses)) {
    for (const form of forms) assert.equal(readHost(form)?.host, address, form);
  }
  for (const none of [
    '256.1.1.1',
    '1.2.3.4.5',
    '4294967296',
    '[::1',
    '[1::2::3]',
    '[::12345]',
    '1.2.3.x.09',
  ]) {
    assert.equal(readHost(none), undefined, none);
  }
});

test('numbers and names are read as a browser reads them', () => {
  const host = fc.string({
    unit: fc.constantFrom(...Array.from('0123456789.xXafAF-g_')),
    minLength: 1,
    maxLength: 16,
  });
  const ipv6 = fc
    .string({ unit: fc.constantFrom(...Array.from('01fF:::.')), maxLength: 20 })
    .map((text) => `[${text}]`);
  fc.assert(
    fc.property(
      fc.oneof(
        host,
        ipv6,
        fc.ipV4Extended(),
        fc.ipV6().map((text) => `[${text}]`),
      ),
      (text) => {
        fc.pre(!text.includes('[') ? !/^\.|\.\.|xn--/.test(text) : true);
        assert.equal(readHost(text)?.host, browserHost(text));
      },
    ),
    { numRuns: 3_000 },
  );
});

test('a domain that an organisation can have is read as the names of organisations are', () => {
  const letters = fc.string({
    unit: fc.constantFrom(...Array.from('aZ9-ßÉЖ中ａא\u00ad\u200d')),
    minLength: 1,
    maxLength: 4,
  });
  const names = fc.tuple(letters, fc.constantFrom('.', '。'), letters).map((parts) => parts.join(''));
  let accepted = 0;
  fc.assert(
    fc.property(fc.oneof(fc.domain(), names), (text) => {
      const domain = parseDomain(text);
      if (!domain.ok) return;
      accepted++;
      assert.equal(readHost(text)?.host, domain.value);
    }),
    { numRuns: 1_000 },
  );
  assert.ok(accepted > 100);
});

test('what an owner registered ends before the public suffix, private ones too where they count', () => {
  assert.deepEqual(registrableOf('www.shop.acme.co.uk'), {
    domain: 'acme.co.uk',
    label: 'acme',
    suffix: 'co.uk',
    below: 'www.shop',
  });
  assert.equal(registrableOf('a.acme.github.io')?.domain, 'acme.github.io');
  assert.equal(registrableOf('a.acme.github.io', { privateSuffixes: false })?.domain, 'github.io');
  for (const none of ['co.uk', 'localhost', '192.0.2.1', ''])
    assert.equal(registrableOf(none), undefined, none);
});
