import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import { hashCode, makeCode } from '../../../node/enrolment/code.ts';

const hex = (code: string): string => Buffer.from(hashCode(code, sodiumSuite.sha256)).toString('hex');
const random = fc.uint8Array({ minLength: 10, maxLength: 10 });

test('a code can be read out: four groups of four letters and digits that nobody confuses', () => {
  fc.assert(
    fc.property(random, (bytes) =>
      assert.match(
        makeCode(() => bytes),
        /^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/,
      ),
    ),
  );
});

test('a code is the same typed in lower case, with spaces, or without dashes', () => {
  fc.assert(
    fc.property(random, (bytes) => {
      const code = makeCode(() => bytes);
      assert.equal(hex(code.toLowerCase()), hex(code));
      assert.equal(hex(` ${code.replaceAll('-', ' ')} `), hex(code));
      assert.equal(hex(code.replaceAll('-', '')), hex(code));
    }),
  );
});

test('another eighty bits are another code', () => {
  fc.assert(
    fc.property(random, random, (one, other) => {
      const same = Buffer.compare(one, other) === 0;
      assert.equal(hex(makeCode(() => one)) === hex(makeCode(() => other)), same);
    }),
  );
});
