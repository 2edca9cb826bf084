/** The list of revoked certificates is one to openssl: signed by the issuer, and believed about each certificate. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { encodePem, issueCrl, type Certificate } from '../../protocol/certificate/index.ts';
import { REVOCATION_REASONS } from '../../protocol/statement/index.ts';
import { makeDevice, makeNode, makeOrganisation, type TestOrganisation } from '../support/organisation.ts';
import { requireCommands } from '../support/requirements.ts';

const AT = Date.UTC(2026, 4, 4) / 1000;
const HOUR = 3_600;

interface Workshop {
  readonly acme: TestOrganisation;
  /** Runs openssl on files named by what they hold. */
  readonly openssl: (args: readonly string[]) => { readonly status: number | null; readonly said: string };
  readonly write: (name: string, ...parts: readonly (Certificate | Uint8Array)[]) => string;
}

async function workshop(t: TestContext): Promise<Workshop> {
  const folder = mkdtempSync(join(tmpdir(), 'chancery-crl-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return {
    acme: await makeOrganisation('acme.test', { at: AT }),
    openssl(args) {
      const { status, stdout, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
      return { status, said: stdout + stderr };
    },
    write(name, ...parts) {
      const texts = parts.map((part) =>
        part instanceof Uint8Array ? encodePem('X509 CRL', part) : encodePem('CERTIFICATE', part.der),
      );
      writeFileSync(join(folder, name), texts.join(''));
      return name;
    },
  };
}

function listOf(
  { issuer }: TestOrganisation,
  revoked: Parameters<typeof issueCrl>[0]['revoked'],
  number = 7,
): Promise<Uint8Array> {
  const window = { thisUpdate: AT - HOUR, nextUpdate: AT + 23 * HOUR };
  return issueCrl({ issuer: issuer.certificate, signer: issuer.signer, number, ...window, revoked });
}

test('openssl verifies the list, and reads its number, its times and each reason', async (t) => {
  if (!requireCommands(t, ['openssl'], 'openssl')) return;
  const { acme, openssl, write } = await workshop(t);
  const revoked = REVOCATION_REASONS.map((reason, at) => ({ serial: `8${at}ff`, at: AT - HOUR, reason }));
  write('list.pem', await listOf(acme, revoked, 2 ** 40 + 0x81));
  write('ca.pem', acme.issuer.certificate, acme.root.certificate);
  const { status, said } = openssl([
    'crl',
    '-in',
    'list.pem',
    '-CAfile',
    'ca.pem',
    '-verify',
    '-noout',
    '-text',
  ]);
  assert.equal(status, 0, said);
  assert.match(said, /verify OK/);
  for (const shown of [
    /Version 2 \(0x1\)/,
    /Signature Algorithm: ED25519/,
    /Issuer: CN = acme\.test issuer/,
    /Last Update: May  3 23:00:00 2026 GMT/,
    /Next Update: May  4 23:00:00 2026 GMT/,
    /X509v3 CRL Number: \n +(0x010000000081|1099511627905)\n/i,
    /X509v3 Authority Key Identifier/,
    /Serial Number: 80FF\n +Revocation Date: May  3 23:00:00 2026 GMT\n +Serial/,
    /Serial Number: 81FF\n.*\n.*\n +X509v3 CRL Reason Code: \n +Key Compromise/,
    /Serial Number: 82FF\n.*\n.*\n.*\n +Affiliation Changed/,
    /Serial Number: 83FF\n.*\n.*\n.*\n +Superseded/,
    /Serial Number: 84FF\n.*\n.*\n.*\n +Cessation Of Operation/,
    /Serial Number: 85FF\n.*\n.*\n.*\n +Certificate Hold/,
  ]) {
    assert.match(said, shown);
  }
  const other = await makeOrganisation('other.test', { at: AT });
  write('other.pem', other.issuer.certificate, other.root.certificate);
  assert.doesNotMatch(
    openssl(['crl', '-in', 'list.pem', '-CAfile', 'other.pem', '-noout']).said,
    /verify OK/,
  );
});

test('openssl refuses a device that the list names, and no other; none when the list is empty', async (t) => {
  if (!requireCommands(t, ['openssl'], 'openssl')) return;
  const { acme, openssl, write } = await workshop(t);
  const stolen = await makeDevice(acme, 'alice@acme.test');
  const good = await makeDevice(acme, 'alice@acme.test', { device: 'second' });
  const node = await makeNode(acme);
  const { serial } = stolen.certificate;
  write('root.pem', acme.root.certificate);
  write('issuer.pem', acme.issuer.certificate);
  write('empty.pem', await listOf(acme, []));
  write('list.pem', await listOf(acme, [{ serial, at: AT - HOUR, reason: 'key-compromise' }]));
  const verify = (list: string, leaf: Certificate): string => {
    const chain = ['-CAfile', 'root.pem', '-untrusted', 'issuer.pem', '-CRLfile', list];
    const how = ['-crl_check', '-x509_strict', '-attime', String(AT)];
    return openssl(['verify', ...how, ...chain, write('leaf.pem', leaf)]).said;
  };
  for (const { certificate } of [good, node]) assert.match(verify('list.pem', certificate), /leaf\.pem: OK/);
  assert.match(verify('list.pem', stolen.certificate), /certificate revoked/);
  assert.match(verify('empty.pem', stolen.certificate), /leaf\.pem: OK/);
});

test('a list of as many certificates as a roster may name is one still', async (t) => {
  if (!requireCommands(t, ['openssl'], 'openssl')) return;
  const { acme, openssl, write } = await workshop(t);
  const serialOf = (at: number): string => (0x10000000 + at).toString(16).repeat(4);
  const revoked = Array.from({ length: 2_000 }, (_one, at) => ({
    serial: serialOf(at),
    at: AT,
    reason: 'superseded' as const,
  }));
  const list = await listOf(acme, revoked);
  assert.ok(list.length > 65_535);
  write('list.pem', list);
  write('ca.pem', acme.issuer.certificate, acme.root.certificate);
  const { said } = openssl(['crl', '-in', 'list.pem', '-CAfile', 'ca.pem', '-noout', '-text']);
  assert.match(said, /verify OK/);
  assert.equal(said.match(/Serial Number/g)?.length, 2_000);
});

test('no list is signed by a key that may not', async () => {
  const acme = await makeOrganisation('acme.test', { at: AT });
  const { statement, issuer, root } = acme;
  const times = { number: 1, thisUpdate: AT, nextUpdate: AT + 1, revoked: [] };
  await assert.rejects(issueCrl({ ...times, issuer: statement.certificate, signer: statement.signer }), {
    code: 'certificate.key-usage',
  });
  await assert.rejects(issueCrl({ ...times, issuer: issuer.certificate, signer: root.signer }), {
    code: 'identity.key-mismatch',
  });
});
