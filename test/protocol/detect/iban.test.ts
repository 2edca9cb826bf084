import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detector } from '../../../protocol/detect/index.ts';
import { fullWidth, inGroups, sentencesWith } from '../../support/written.ts';

const find = detector('iban');

/** The example of each country in the IBAN registry (SWIFT, as registration authority of ISO 13616). */
const REGISTRY = `
AD1200012030200359100100 AE070331234567890123456 AL47212110090000000235698741 AT611904300234573201
AZ21NABZ00000000137010001944 BA391290079401028494 BE68539007547034 BG80BNBG96611020345678 BH67BMAG00001299123456
BR1800360305000010009795493C1 BY13NBRB3600900000002Z00AB00 CH9300762011623852957 CR05015202001026284066
CY17002001280000001200527600 CZ6508000000192000145399 DE89370400440532013000 DK5000400440116243
DO28BAGR00000001212453611324 EE382200221020145685 EG380019000500000000263180002 ES9121000418450200051332
FI2112345600000785 FO6264600001631634 FR1420041010050500013M02606 GB29NWBK60161331926819 GE29NB0000000101904917
GI75NWBK000000007099453 GL8964710001000206 GR1601101250000000012300695 GT82TRAJ01020000001210029690
HR1210010051863000160 HU42117730161111101800000000 IE29AIBK93115212345678 IL620108000000099999999
IQ98NBIQ850123456789012 IS140159260076545510730339 IT60X0542811101000000123456 JO94CBJO0010000000000131000302
KW81CBKU0000000000001234560101 KZ86125KZT5004100100 LB62099900000001001901229114 LC55HEMM000100010012001200023015
LI21088100002324013AA LT121000011101001000 LU280019400644750000 LV80BANK0000435195001 LY83002048000020100120361
MC5811222000010123456789030 MD24AG000225100013104168 ME25505000012345678951 MK07250120000058984
MR1300020001010000123456753 MT84MALT011000012345MTLCAST001S MU17BOMM0101101030300200000MUR NL91ABNA0417164300
NO9386011117947 PK36SCBL0000001123456702 PL61109010140000071219812874 PS92PALS000000000400123456702
PT50000201231234567890154 QA58DOHB00001234567890ABCDEFG RO49AAAA1B31007593840000 RS35260005601001611379
SA0380000000608010167519 SC18SSCB11010000000000001497USD SE4550000000058398257466 SI56263300012039086
SK3112000000198742637541 SM86U0322509800000000270100 ST23000100010051845310146 SV62CENR00000000000000700025
TL380080012345678910157 TN5910006035183598478831 TR330006100519786457841326 UA213223130000026007233566001
VA59001123000012345678 VG96VPVG0000012345678901 XK051212012345678906
`.trim().split(/\s+/); // prettier-ignore

test('at least 95 of 100 of the registry’s accounts are found however they are written', (t) => {
  const missed: string[] = [];
  let sentences = 0;
  for (const account of REGISTRY) {
    const ways = [account, fullWidth(account), account.toLowerCase(), inGroups(account, [4], '-')];
    ways.push(...[' ', '\u00a0', '\u202f'].map((space) => inGroups(account, [4], space)));
    ways.push(inGroups(account, [4, 5], ' '), fullWidth(inGroups(account, [4], ' ')));
    for (const text of sentencesWith(ways)) {
      sentences += 1;
      const [found] = find(text);
      if (found === undefined) missed.push(text);
      else assert.equal(found.kind, account.slice(0, 2), text);
    }
  }
  for (const text of missed) t.diagnostic(`missed ${JSON.stringify(text)}`);
  assert.ok(missed.length <= 0.05 * sentences, `${missed.length} of ${sentences} were missed`);
});

test('an account is found where a line was broken in it, or a sentence begins with it', () => {
  for (const written of [
    ...['De89 3704 0044 0532 0130 00', 'Nl91abna0417164300', 'DE89 3704 0044\n0532 0130 00'],
    ...['DE89 3704 0044 \r\n0532 0130 00', 'DE89370400440532\n013000'],
  ])
    assert.deepEqual(
      find(`an\n${written}.`).map(({ start, end }) => [start, end]),
      [[3, 3 + written.length]],
      written,
    );
  for (const apart of [
    'DE89 3704 0044\n\n0532 0130 00',
    'NL91 abna 0417 1643 00',
    'dE89 3704 0044 0532 0130 00',
  ])
    assert.deepEqual(find(apart), [], apart);
});

test('an account with one digit changed is none', () => {
  for (const account of REGISTRY) {
    for (let at = 2; at < account.length; at += 1) {
      if (!/\d/.test(account[at]!)) continue;
      const changed = account.slice(0, at) + String((Number(account[at]) + 1) % 10) + account.slice(at + 1);
      assert.deepEqual(find(changed), [], `${account} as ${changed}`);
    }
  }
});

test('an account is found up to its last character, and no further', () => {
  const text = 'to DE89 3704 0044 0532 0130 00 and GB29 NWBK 6016 1331 9268 19.';
  assert.deepEqual(
    find(text).map(({ start, end }) => text.slice(start, end)),
    ['DE89 3704 0044 0532 0130 00', 'GB29 NWBK 6016 1331 9268 19'],
  );
  assert.deepEqual(find('XDE89370400440532013000 DE893704004405320130005 DE8937040044053201300'), []);
});

test('words that happen to follow each other are no account, though their check digits fit', () => {
  assert.deepEqual(find('replaces KZ590631A from 03 March 2025.'), []);
  assert.equal(find('KZ59 0631 AFRO M03M ARCH').length, 1, 'the same characters in groups of four');
});
