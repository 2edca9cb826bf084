/** Operators inspect our certificates and keys with openssl, so it must read them and accept what is sound. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { decodePem, decodePkcs8, encodePem, encodePkcs8 } from '../../protocol/certificate/index.ts';
import { AT } from '../support/chain-drafts.ts';
import { chainOf, makeDevice, makeKey, makeNode, makeOrganisation } from '../support/organisation.ts';
import { requireCommands } from '../support/requirements.ts';

const folder = mkdtempSync(join(tmpdir(), 'chancery-openssl-'));
after(() => {
  rmSync(folder, { recursive: true });
});

function openssl(...args: readonly string[]): { ok: boolean; output: string } {
  const { status, stdout, stderr, error } = spawnSync('openssl', args, { encoding: 'utf8', timeout: 20_000 });
  if (error) throw error;
  return { ok: status === 0, output: stdout + stderr };
}

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Verifies leaf, issuer and root (DER) as strictly as openssl can, for the purpose of signing. */
function opensslVerify(chain: readonly Uint8Array[], at: number): { ok: boolean; output: string } {
  const [leaf, issuer, root] = ['leaf', 'issuer', 'root'].map((name, i) =>
    write(`${name}.pem`, encodePem('CERTIFICATE', chain[i]!)),
  ) as [string, string, string];
  const strict = ['-x509_strict', '-check_ss_sig', '-purpose', 'smimesign', '-attime', String(at)];
  return openssl('verify', ...strict, '-CAfile', root, '-untrusted', issuer, leaf);
}

const LONG = `${'a'.repeat(63)}.${'b'.repeat(63)}.test`;

for (const [domain, at] of [
  ['acme.test', AT],
  ['xn--bcher-kva.test', AT],
  [LONG, AT],
  ['beyond2049.test', 2_600_000_000],
] as const) {
  test(`openssl accepts every kind of chain of ${domain}`, async (t) => {
    if (!requireCommands(t, ['openssl'], 'openssl')) return;
    const org = await makeOrganisation(domain, { at });
    const chains = [
      (await makeDevice(org, `alice.o-neil+bot_1@${domain}`, { name: 'Älice' })).chain,
      (await makeNode(org)).chain,
      chainOf(org, org.statement.certificate),
    ];
    for (const chain of chains) {
      const verdict = opensslVerify(
        chain.map((certificate) => certificate.der),
        at,
      );
      assert.ok(verdict.ok, verdict.output);
    }
  });
}

test('openssl shows the domain, the constraints and the names', async (t) => {
  if (!requireCommands(t, ['openssl'], 'openssl')) return;
  const org = await makeOrganisation('acme.test', { at: AT });
  const device = await makeDevice(org, 'alice@acme.test');
  const show = (der: Uint8Array): string =>
    openssl('x509', '-noout', '-text', '-in', write('shown.pem', encodePem('CERTIFICATE', der))).output;
  assert.match(show(org.root.certificate.der), /Subject: CN ?= ?acme\.test\n/);
  assert.match(
    show(org.issuer.certificate.der),
    /Name Constraints: critical\s+Permitted:\s+email:acme\.test/,
  );
  assert.match(show(device.certificate.der), /email:alice@acme\.test, URI:chancery:\/\/acme\.test\/device\//);
});

test('openssl reads our private keys, and finds the same public key', (t) => {
  if (!requireCommands(t, ['openssl'], 'openssl')) return;
  const { seed, publicKey } = makeKey('a key for openssl');
  const read = openssl('pkey', '-pubout', '-in', write('ours.pem', encodePkcs8(seed)));
  const spki = decodePem('PUBLIC KEY', read.output);
  assert.ok(spki.ok, read.output);
  assert.deepEqual(spki.value.subarray(-32), publicKey);
});

test('we read the private keys that openssl makes', (t) => {
  if (!requireCommands(t, ['openssl'], 'openssl')) return;
  const made = openssl('genpkey', '-algorithm', 'ed25519').output;
  const seed = decodePkcs8(made);
  assert.ok(seed.ok);
  assert.equal(encodePkcs8(seed.value), made);
});
