import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detector } from '../../../protocol/detect/index.ts';
import { seededRandom, type SeededRandom } from '../../support/seeded-random.ts';

const find = detector('secret');

const DIGITS = '0123456789';
const SMALL = 'abcdefghijklmnopqrstuvwxyz';
const CAPITALS = SMALL.toUpperCase();
const HEX = `${DIGITS}abcdef`;
const BASE62 = DIGITS + SMALL + CAPITALS;
const URL_SAFE = `${BASE62}-_`;

/** The forms that services document, made anew each time so that no file holds what looks like a secret. */
const FORMS: readonly (readonly [kind: string, prefix: string, characters: string, length: number, rest?: string])[] = [
  ['github', 'ghp_', BASE62, 36], ['github', 'ghs_', BASE62, 36], ['gitlab', 'glpat-', URL_SAFE, 20], ['aws', 'AKIA', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16],
  ['aws', 'ASIA', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16], ['gcp', 'AIza', URL_SAFE, 35], ['gcp', 'GOCSPX-', URL_SAFE, 28], ['gcp', 'ya29.', URL_SAFE, 60],
  ['slack', 'xoxb-123456789012-1234567890123-', BASE62, 24], ['slack', 'xapp-1-A0123456789-1234567890123-', HEX, 64],
  ['slack', 'https://hooks.slack.com/services/T01234567/B01234567/', BASE62, 24], ['stripe', 'sk_live_', BASE62, 24], ['stripe', 'rk_test_', BASE62, 24],
  ['stripe', 'whsec_', BASE62, 32], ['npm', 'npm_', BASE62, 36], ['pypi', 'pypi-AgEIcHlwaS5vcmc', URL_SAFE, 60], ['anthropic', 'sk-ant-api03-', URL_SAFE, 93],
  ['openai', 'sk-proj-', BASE62, 48], ['huggingface', 'hf_', SMALL + CAPITALS, 34], ['digitalocean', 'dop_v1_', HEX, 64], ['docker', 'dckr_pat_', BASE62, 27],
  ['hashicorp', 'hvs.', BASE62, 24], ['shopify', 'shpat_', HEX, 32], ['azure', 'AccountName=x;AccountKey=', `${BASE62}+/`, 86, '=='],
  ['azure', 'Ab18Q~', BASE62, 34], ['telegram', '123456789:AA', URL_SAFE, 33], ['linear', 'lin_api_', BASE62, 40],
]; // prettier-ignore

function randomly(random: SeededRandom, characters: string, length: number): string {
  return Array.from({ length }, () => random.pick(Array.from(characters))).join('');
}

test('the tokens and keys of services are found by their forms', (t) => {
  const random = seededRandom(t);
  for (const [kind, prefix, characters, length, rest = ''] of FORMS) {
    const token = prefix + randomly(random, characters, length).replace(/[-_]$/, 'a') + rest;
    for (const text of [token, `it is ${token}, keep it`, `key="${token}"`, `\n${token}\n`]) {
      assert.ok(
        find(text).some((found) => text.slice(found.start, found.end).endsWith(token.slice(-10))),
        `${kind}: ${text}`,
      );
    }
    assert.equal(find(token)[0]?.kind, kind, token);
  }
});

test('a private key is found whole, even without its end', (t) => {
  const random = seededRandom(t);
  const lines = Array.from({ length: 10 }, () => randomly(random, `${BASE62}+/`, 64)).join('\n');
  for (const label of ['PRIVATE KEY', 'RSA PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'PGP PRIVATE KEY BLOCK']) {
    const key = `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----`;
    const text = `here:\n${key}\nthanks`;
    assert.deepEqual(
      find(text).map(({ kind, start, end }) => [kind, text.slice(start, end)]),
      [['private-key', key]],
    );
    const cut = `-----BEGIN ${label}-----\n${lines}`;
    assert.deepEqual(find(cut), [{ detector: 'secret', kind: 'private-key', start: 0, end: cut.length }]);
  }
  assert.deepEqual(find('A file begins with -----BEGIN PRIVATE KEY----- and a line break.'), []);
});

test('a JSON web token is found, and a part of one is none', () => {
  const [header, payload] = [
    { alg: 'HS256', typ: 'JWT' },
    { sub: '1234567890', name: 'Jo', iat: 1516239022 },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  assert.equal(
    find(`Bearer ${header}.${payload}.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c`)[0]?.kind,
    'jwt',
  );
  assert.deepEqual(find(`${header}.${payload}`), []);
});

test('a password is found by the word before it, in several languages, and without the word', () => {
  const cases = [
    ['password=hunter22x', 'hunter22x'], ['the password is Winter2026!', 'Winter2026!'], ['Passwort: Sommer#1', 'Sommer#1'], ['pwd: "a1b2c3d4"', 'a1b2c3d4'],
    ['mot de passe : Soleil99', 'Soleil99'], ['contraseña es Verano2026', 'Verano2026'], ['密码：abc12345', 'abc12345'], ['DB_PASSWORD=s3cr3t-value', 's3cr3t-value'],
    ['postgres://app:s3cr3tw0rd@db.acme.example:5432/x', 's3cr3tw0rd'], ['api_key: 9f8e7d6c5b4a39281706f5e4', '9f8e7d6c5b4a39281706f5e4'],
    ['clientSecret = "Zm9vYmFyYmF6cXV4MTIzNDU2"', 'Zm9vYmFyYmF6cXV4MTIzNDU2'],
  ] as const; // prettier-ignore
  for (const [text, secret] of cases) {
    assert.deepEqual(
      find(text).map(({ start, end }) => text.slice(start, end)),
      [secret],
      text,
    );
  }
});

test('examples, variables and talk of passwords are none', () => {
  for (const text of [
    'password=<password>', 'password: ********', 'password=${DB_PASSWORD}', 'password: process.env.PASSWORD', 'the password is required', 'Passwort vergessen?',
    'postgres://user:password@localhost/db', 'https://user:${TOKEN}@host', 'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'token: string', 'password: [secret removed]',
    'the secret of good-looking-and-well-written-documentation', 'AKIAXXXXXXXXXXXXXXXX', 'api_key: your_api_key_goes_right_here',
  ]) assert.deepEqual(find(text), [], text); // prettier-ignore
});
