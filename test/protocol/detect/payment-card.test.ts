import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detector } from '../../../protocol/detect/index.ts';
import { fullWidth, inGroups, sentencesWith } from '../../support/written.ts';

const find = detector('payment-card');

/** The test numbers that the networks and their processors publish (Stripe, Adyen, Braintree, PayPal, Troy). */
const PUBLISHED: Readonly<Record<string, readonly string[]>> = {
  visa: ['4111111111111111', '4012888888881881', '4242424242424242', '4000056655665556', '4005519200000004', '4009348888881881', '4012000033330026', '4012000077777777', '4217651111111119', '4500600000000061', '4222222222222'],
  mastercard: ['5555555555554444', '5105105105105100', '2223003122003222', '5200828282828210', '2223000048400011', '2223000048410010', '5454545454545454', '5500000000000004', '5424000000000015', '5577000055770004'],
  'american-express': ['378282246310005', '371449635398431', '378734493671000', '370000000000002', '343434343434343'],
  discover: ['6011111111111117', '6011000990139424', '6011981111111113', '6011000000000012'],
  'diners-club': ['3056930009020004', '36227206271667', '30569309025904', '38520000023237', '36006666333344'],
  jcb: ['3566002020360505', '3530111333300000', '3566111111111113'],
  unionpay: ['6200000000000005', '6200000000000047', '6205500000000000004', '6243030000000001'],
  maestro: ['6759649826438453', '6771798021000008', '6304000000000000'],
  elo: ['5066991111111118'],
  hipercard: ['6062826786276634'],
  troy: ['9792030394440796'],
}; // prettier-ignore

const GROUPS: Readonly<Record<number, readonly number[]>> = { 14: [4, 6, 4], 15: [4, 6, 5] };

test('at least 95 of 100 published test cards are found however they are written', (t) => {
  const missed: string[] = [];
  let sentences = 0;
  for (const [network, numbers] of Object.entries(PUBLISHED)) {
    for (const number of numbers) {
      const grouped = [' ', '-', '\u00a0', '\u2009', '.'].map((separator) =>
        inGroups(number, GROUPS[number.length] ?? [4], separator),
      );
      for (const text of sentencesWith([number, fullWidth(number), ...grouped, fullWidth(grouped[1]!)])) {
        sentences += 1;
        const [found] = find(text);
        if (found === undefined) missed.push(`${network}: ${text}`);
        else assert.equal(found.kind, network, text);
      }
    }
  }
  for (const text of missed) t.diagnostic(`missed ${JSON.stringify(text)}`);
  assert.ok(missed.length <= 0.05 * sentences, `${missed.length} of ${sentences} were missed`);
});

test('a card that few prefixes or lengths tell apart is found beside a word for card', () => {
  for (const number of ['6020000000000003', '675964982648', '4222222222222']) {
    assert.equal(find(`order ${number}`).length, 0);
    assert.equal(find(`Kartennummer ${number}`).length, 1, number);
    assert.equal(find(`${number} is my debit card`).length, 1);
  }
});

test('a card with one digit changed is no card', () => {
  for (const [network, numbers] of Object.entries(PUBLISHED)) {
    for (const number of numbers) {
      for (let at = 0; at < number.length; at += 1) {
        const changed = number.slice(0, at) + String((Number(number[at]) + 1) % 10) + number.slice(at + 1);
        assert.deepEqual(find(`card ${changed}`), [], `${network}: ${number} as ${changed}`);
      }
    }
  }
});

test('the finding is the number as it stands in the text, invisible characters and all', () => {
  for (const written of [
    '４１１１\u00ad 1111\u200b 1111 \u{1d7cf}111',
    '\u{1d7d2}111 1111 1111 111\u{1d7cf}',
  ]) {
    const text = `😀 card: ${written}, exp 12/27`;
    assert.deepEqual(
      find(text).map(({ start, end }) => text.slice(start, end)),
      [written],
    );
  }
});

test('two cards beside each other are two findings, and a longer number holds none', () => {
  assert.equal(find('4111111111111111 4012888888881881').length, 2);
  for (const text of [
    '04111111111111111',
    '411111111111111112',
    '4111111111111111_1',
    '1-4111111111111111',
    '4111111111111111.50',
  ]) {
    assert.deepEqual(find(text), [], text);
  }
});
