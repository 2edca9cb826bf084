import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { digestedBytes, keyTagOf, parseTrustAnchor, ROOT_ANCHORS } from '../../../protocol/dnssec/index.ts';
import { DnsTree } from '../../../scripts/dns/index.ts';

/** The root's two key-signing keys as the root zone publishes them. */
const ROOT_KEYS: Readonly<Record<number, string>> = {
  20326:
    'AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3+/4RgWOq7HrxRixHlFlExOLAJr5emLvN7SWXgnLh4+B5xQlNVz8Og8kvArMtNROxVQuCaSnIDdD5LKyWbRd2n9WGe2R8PzgCmr3EgVLrjyBxWezF0jLHwVN8efS3rCj/EWgvIWgb9tarpVUDK/b58Da+sqqls3eNbuv7pr+eoZG+SrDK6nWeL3c6H5Apxz7LjVc1uTIdsIXxuOLYA4/ilBmSVIzuDWfdRUfhHdY6+cn8HFRm+2hM8AnXGXws9555KrUB5qihylGa8subX2Nn6UwNR1AkUTV74bU=',
  38696:
    'AwEAAa96jeuknZlaeSrvyAJj6ZHv28hhOKkx3rLGXVaC6rXTsDc449/cidltpkyGwCJNnOAlFNKF2jBosZBU5eeHspaQWOmOElZsjICMQMC3aeHbGiShvZsx4wMYSjH8e7Vrhbu6irwCzVBApESjbUdpWWmEnhathWu1jo+siFUiRAAxm9qyJNg/wOZqqzL/dL/q8PkcRU5oUKEpUge71M3ej2/7CPqpdVwuMoTvoB+ZOT4YeGyxMvHmbrxlFzGOHOijtzN+u1TQNatX2XBuzZNQ1K+s2CXkPIZo7s6JgZyvaBevYtxPvYLw4z9mR7K2vaF18UYH9Z9GNUUeayffKC73PYc=',
};

test('the shipped anchors name the keys of the root zone', () => {
  assert.equal(ROOT_ANCHORS.length, 2);
  for (const anchor of ROOT_ANCHORS) {
    const rdata = Buffer.concat([
      Buffer.of(1, 1, 3, 8),
      Buffer.from(ROOT_KEYS[anchor.keyTag] ?? '', 'base64'),
    ]);
    assert.equal(keyTagOf(rdata), anchor.keyTag);
    const digest = createHash('sha256').update(digestedBytes('.', rdata)).digest();
    assert.deepEqual(Buffer.from(anchor.digest), digest);
  }
});

test('an anchor is read from a DS record as name servers and tools print it', () => {
  const [line = ''] = new DnsTree({ zones: [] }).anchorLines;
  const hex = 'E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC6834 57104237C7F8EC8D';
  for (const text of [
    line,
    `. IN DS 20326 8 2 ${hex}`,
    `.\t86400 IN DS 20326 8 2 ${hex}`,
    `. DS 20326 8 2 ${hex.toLowerCase()}`,
  ]) {
    const parsed = parseTrustAnchor(text);
    assert.ok(parsed.ok, text);
    assert.equal(parsed.value.digest.length, 32);
  }
});

test('a line that is no usable anchor is refused', () => {
  const code = (text: string): string => {
    const parsed = parseTrustAnchor(text);
    return parsed.ok ? 'accepted' : parsed.refusal.code;
  };
  const hex = 'E0'.repeat(32);
  assert.equal(code(''), 'config.invalid');
  assert.equal(code(`test. IN DS 20326 8 2 ${hex}`), 'config.invalid');
  assert.equal(code(`. IN DS 20326 8 2 ${hex}E0`), 'config.invalid');
  assert.equal(code(`. IN DS 99999 8 2 ${hex}`), 'config.invalid');
  assert.equal(code(`. IN DS 20326 8 1 ${'E0'.repeat(20)}`), 'dnssec.bad-algorithm');
  assert.equal(code(`. IN DS 20326 5 2 ${hex}`), 'dnssec.bad-algorithm');
});
