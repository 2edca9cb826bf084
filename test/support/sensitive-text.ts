/** Texts for fast-check in which sensitive numbers, what nearly is one, and words that tell of them stand closely together. */
import fc from 'fast-check';

const PIECES = [
  '4111111111111111', '4111 1111 1111 1111', '378282246310005', '3782 822463 10005', '4111111111111112', '６０１１１１１１１１１１１１１７', '6759649826438453',
  'DE89 3704 0044 0532 0130 00', 'GB29NWBK60161331926819', 'DE89', 'mt84 malt 0110 0001 2345 mtlc ast0 01s', 'SSN', '123-45-6789', '912-70-1234', 'BSN', '111222333', '123456782',
  'Steuer-ID', '86095742719', '12345678Z', 'DNI', 'AB 12 34 56 C', '131052-308T', '390.533.447-05', 'social security', 'national id', 'personnummer', '811218-9876',
  'passport', 'C01X00T478', '123456789', 'L898902C36UTO7408122F1204159ZE184226B<<<<<10', 'NHS', '943 476 5919', 'Medicare', '1EG4-TE5-MK73', 'health card', 'patient',
  'phone', '+44 20 7946 0958', '+1', '212-555-0123', '089 1234567', 'a@b.example', '@', 'alice', 'password', 'password=', 'hunter22x', 'secret', 'token: ',
  '9f8e7d6c5b4a39281706f5e4', '://', 'postgres://u:s3cr3tw0rd@db', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N', '-----BEGIN PRIVATE KEY-----',
  'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo', '[payment card removed]', '[national number removed]', 'removed]', '[', '😀', '\u00ad', '\u200b', '東京', '密码', 'ü', '１', '𝟗',
]; // prettier-ignore

const BETWEEN = [
  '',
  '',
  ' ',
  ' ',
  ' ',
  '-',
  '.',
  '/',
  ',',
  ': ',
  '\n',
  '\u00a0',
  '=',
  '_',
  '(',
  ')',
  ' and then there is quite some text between ',
];

export const sensitiveText: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...PIECES) },
        fc.string({ unit: 'grapheme', maxLength: 6 }),
      ),
      fc.constantFrom(...BETWEEN),
    ),
    {
      maxLength: 14,
    },
  )
  .map((pairs) => pairs.flat().join(''));
