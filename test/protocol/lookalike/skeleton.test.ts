import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  confusability,
  isMixedScript,
  readsAsLatin,
  resolvedScripts,
  restrictionLevel,
  skeleton,
} from '../../../protocol/lookalike/index.ts';
import { anyText } from '../../support/any-text.ts';

/** Table 1 of UTS #39, section 5.1, with its resolved script sets. */
const RESOLVED: readonly (readonly [string, readonly string[] | undefined])[] = [
  ['Circle', ['Latn']],
  ['СігсӀе', ['Cyrl']],
  ['Сirсlе', []],
  ['Circ1e', ['Latn']],
  ['C𝗂𝗋𝖼𝗅𝖾', ['Latn']],
  ['𝖢𝗂𝗋𝖼𝗅𝖾', undefined],
  ['〆切', ['Hani', 'Hanb', 'Jpan', 'Kore']],
  ['ねガ', ['Jpan']],
];

test('the texts that UTS 39 calls confusable are told so, by the means it names', () => {
  assert.equal(confusability('paypal', 'pаypаl'), 'mixed-script');
  assert.equal(confusability('scope', 'ѕсоре'), 'whole-script');
  assert.equal(confusability('ǉeto', 'ljeto'), 'single-script');
  assert.equal(confusability('so̷s', 'søs'), 'single-script');
  assert.equal(confusability('paypal', 'paypai'), undefined);
  assert.equal(confusability('café', 'cafe\u0301'), undefined, 'the same text is not confused with itself');
});

test('letters of other scripts, digits and pairs of letters have the skeleton of what they look like', () => {
  assert.equal(skeleton('асԁеɡһіјӏոорԛѕսνԝху'), 'acdeghijlnopqsuvwxy');
  assert.equal(skeleton('rn'), skeleton('m'));
  assert.equal(skeleton('1'), skeleton('l'));
  assert.equal(skeleton('𝐚𝐜𝐦𝐞'), skeleton('acme'));
  assert.equal(skeleton('ac\u200bme\u2060'), skeleton('acme'), 'what shows nothing does not count');
  assert.notEqual(skeleton('acme'), skeleton('acne'));
});

test('a skeleton is its own skeleton, for every character and any text', () => {
  for (let point = 0; point <= 0x10ffff; point += 64) {
    const points = Array.from({ length: 64 }, (_, at) => String.fromCodePoint(point + at));
    const once = skeleton(points.join(' '));
    assert.equal(skeleton(once), once, `from U+${point.toString(16)}`);
  }
  fc.assert(
    fc.property(anyText, (text) => {
      assert.equal(skeleton(skeleton(text)), skeleton(text));
    }),
  );
});

test('a text has the scripts that UTS 39 resolves it to', () => {
  for (const [text, scripts] of RESOLVED) {
    const resolved = resolvedScripts(text);
    assert.deepEqual(resolved && [...resolved].sort(), scripts && [...scripts].sort(), text);
    assert.equal(isMixedScript(text), scripts?.length === 0, text);
  }
});

test('the scripts of each character are those that the engine knows for it', () => {
  const scripts = ['Latn', 'Grek', 'Cyrl', 'Armn', 'Hebr', 'Arab', 'Deva', 'Thai', 'Geor', 'Cher', 'Khmr'];
  const patterns = scripts.map((script) => new RegExp(`\\p{Script_Extensions=${script}}`, 'u'));
  let others = 0;
  for (let point = 0; point <= 0x1ffff; point++) {
    const character = String.fromCodePoint(point);
    // what the engine does not know yet is of a later version of Unicode
    if (/\p{Cn}/u.test(character)) continue;
    const resolved = resolvedScripts(character);
    const known = scripts.filter((_, at) => patterns[at]!.test(character));
    const ours = scripts.filter((script) => resolved?.has(script) === true);
    if (known.join() !== ours.join()) others++;
  }
  console.log(`${others} characters have other scripts in the engine's version of Unicode`);
  assert.ok(others <= 10);
});

test('a text is as restricted as the scripts it mixes are apart', () => {
  const levels = {
    'ascii-only': ['acme', 'a-c_me1'],
    'single-script': ['çok', 'аррӏе', '日本語', 'ѕсоре'],
    'highly-restrictive': ['日本語abc', 'ねガabc', '한국abc', '中文abc'],
    'moderately-restrictive': ['हिन्दीabc', 'ไทยabc', 'עבריתabc'],
    'minimally-restrictive': ['аcme', 'pаypal', 'Ωmega', 'हिन्दीไทย'],
    unrestricted: ['i❤', 'a b', 'ａｃｍｅ', '𝖢𝗂𝗋𝖼𝗅𝖾'],
  };
  for (const [level, texts] of Object.entries(levels)) {
    for (const text of texts) assert.equal(restrictionLevel(text), level, text);
  }
});

test('a word of another script that reads as Latin is told from one that does not', () => {
  for (const text of ['аррӏе', 'ѕсоре', 'СігсӀе', 'раура1']) assert.ok(readsAsLatin(text), text);
  for (const text of ['apple', 'метро', '日本', 'аpple', '123', '', 'παράδειγμα']) {
    assert.ok(!readsAsLatin(text), text);
  }
});
