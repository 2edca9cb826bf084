/** What a partner signed against itself, from the wire to files that openssl verifies without us. */
import assert from 'node:assert/strict';
import { execSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sodiumSigner } from '../../node/crypto/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { decodeBundle, encodeBundle } from '../../protocol/identity/index.ts';
import { signRoster } from '../../protocol/statement/index.ts';
import { serveFake, testCli } from '../support/test-cli.ts';
import { requireCommands } from '../support/requirements.ts';
import { addPartner, startDns, startTestNode } from '../support/test-node.ts';

test('a second roster of one number is shown with its difference, and its proof verifies with openssl alone', async (t) => {
  if (!requireCommands(t, ['openssl'], 'openssl')) return;
  const dns = await startDns('acme.test', 'partner.test');
  const acme = await startTestNode(dns, 'acme.test');
  const partner = await startTestNode(dns, 'partner.test');
  const folder = await mkdtemp(join(tmpdir(), 'chancery-evidence-'));
  try {
    await addPartner(acme, partner);
    const { authority } = partner.node.organisation;
    const shown = authority.nodeBundle(partner.made.certificates.node);
    const { trust } = acme.node.organisation;
    const { peerId } = partner.node.host;
    valueOf(await trust.admit(peerId, shown));
    const revoked = [{ serial: '8a', at: authority.roster.issued, reason: 'key-compromise' as const }];
    const statement = sodiumSigner(partner.made.seeds.statement);
    const roster = await signRoster({ ...authority.roster, revoked }, statement);
    const refused = await trust.admit(peerId, encodeBundle({ ...valueOf(decodeBundle(shown)), roster }));
    assert.equal(refused.ok ? '' : refused.refusal.code, 'roster.equivocation');

    const cli = await testCli(t);
    await serveFake(t, cli, acme.operations);
    const { evidence } = JSON.parse((await cli.run('identity', 'evidence', '--json')).out) as {
      evidence: { sequence: number; domain: string; kind: string }[];
    };
    assert.deepEqual(
      evidence.map(({ domain, kind }) => [domain, kind]),
      [['partner.test', 'equivocation']],
    );
    const entry = String(evidence[0]?.sequence);
    const shownText = (await cli.run('identity', 'evidence', 'show', entry)).out;
    assert.match(shownText, /^revoked 8a +- +key-compromise, /m);
    const listed = await cli.run('archive', 'show', entry);
    assert.match(listed.out, /evidence of equivocation by partner\.test: rosters \d+ and \d+/);

    assert.equal((await cli.run('identity', 'evidence', 'export', entry, '--out', folder)).code, 0);
    const howTo = await readFile(join(folder, 'how-to-verify.txt'), 'utf8');
    const commands = howTo.split('\n').filter((line) => line.startsWith('openssl '));
    assert.equal(commands.length, 4);
    for (const command of commands) {
      const said = execSync(command, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
      assert.match(said, /Signature Verified Successfully|signer\.pem: OK/);
    }
    assert.equal((await cli.run('identity', 'evidence', 'show', '0')).code, 2);
  } finally {
    await Promise.all([acme.stop(), partner.stop()]);
    await dns.server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
