import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { platform } from '../../../node/composition/platform.ts';
import { writeConfig, type Environment } from '../../../node/config/index.ts';
import { sodiumSigner, sodiumSuite } from '../../../node/crypto/index.ts';
import { examine, type Check } from '../../../node/doctor/index.ts';
import {
  KEY_NAMES,
  createPrivateFile,
  lockHome,
  writeBackupRecord,
  writeCertificateFile,
  type BackupRecord,
  type HomeLayout,
} from '../../../node/home/index.ts';
import { passphraseInFile, reprotect } from '../../../node/keys/index.ts';
import { createOrganisation, type FoundDomain, type NewOrganisation } from '../../../node/identity/index.ts';
import { encodeBundle } from '../../../protocol/identity/index.ts';
import { accept, refuse, type Code, type Result } from '../../../protocol/errors/index.ts';
import { serveFake, testCli } from '../../support/test-cli.ts';
import { keysIn } from '../../support/keys-in.ts';
import { temporaryHome } from '../../support/temporary-home.ts';

const NOW = Date.UTC(2026, 4, 4);
const DAY = 86_400_000;

interface Found {
  readonly home: HomeLayout;
  readonly made: NewOrganisation;
}

async function organisation(t: TestContext, listen = '/ip4/127.0.0.1/tcp/0'): Promise<Found> {
  const home = await temporaryHome(t);
  let next = 1;
  const randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill(next++);
  const roles = ['gateway', 'archive'] as const;
  const made = await createOrganisation('acme.test', roles, NOW, randomBytes);
  for (const name of KEY_NAMES) {
    await writeCertificateFile(home.certificates[name], made.certificates[name]);
  }
  await keysIn(home.keysDirectory, made.seeds);
  await writeConfig(home, {
    domain: 'acme.test',
    roles: [...roles],
    keysProtected: false,
    listen: [listen],
    announce: [],
    archiveNode: null,
    dnsServers: [],
    anchors: [],
  });
  return { home, made };
}

function proven(rootId: string): FoundDomain {
  const records = { current: { id: rootId, sequence: 4, state: 'current' as const }, next: null };
  const window = { from: NOW / 1000 - 60, until: NOW / 1000 + 60 };
  const zones = ['.', 'test', 'acme.test'];
  return { level: 'dnssec', records, proof: new Uint8Array(), proven: { records, zones, window } };
}

async function checks(
  { home, made }: Found,
  changed: {
    days?: number;
    domain?: Result<FoundDomain>;
    nodeVersion?: string;
    env?: Environment;
    backups?: BackupRecord;
  } = {},
): Promise<readonly Check[]> {
  await rm(home.backupRecord, { force: true });
  const whole = backedUp(NOW + (changed.days ?? 0) * DAY);
  await writeBackupRecord(home, changed.backups ?? whole).catch(() => undefined); // where there is no home
  return examine({
    home,
    env: changed.env ?? {},
    nodeVersion: changed.nodeVersion ?? '24.1.0',
    clock: () => NOW + (changed.days ?? 0) * DAY,
    suite: sodiumSuite,
    signer: sodiumSigner,
    findDomain: () => Promise.resolve(changed.domain ?? accept(proven(made.rootId))),
  });
}

/** What is known at home where the archive and every key were backed up at a time. */
function backedUp(at: number): BackupRecord {
  const time = new Date(at).toISOString();
  const last = { directory: '/mnt/backup', time, size: 42, root: 'ab12' };
  return { last, keys: Object.fromEntries([...KEY_NAMES, 'archive'].map((name) => [name, time])) };
}

/** Holds that exactly the one check is not ok, and says the mend. The disk is this machine's own matter. */
function onlyFault(found: readonly Check[], name: string, state: Check['state'], mend: RegExp): Check {
  const faults = found.filter((check) => check.state !== 'ok' && check.name !== 'disk');
  assert.deepEqual(
    faults.map((fault) => [fault.name, fault.state]),
    [[name, state]],
    JSON.stringify(faults),
  );
  assert.match(faults[0]!.mend, mend);
  return faults[0]!;
}

describe('the doctor', () => {
  it('finds nothing wrong with a home as init makes it, and says so for each check', async (t) => {
    const found = await checks(await organisation(t));
    const names = [
      'node.js',
      'configuration',
      'permissions',
      'keys',
      'certificates',
      'disk',
      'backup',
      'key backup',
      'ports',
      'dns',
      'dnssec',
    ];
    assert.deepEqual(
      found.filter(({ name }) => name !== 'disk').map(({ name, state, mend }) => [name, state, mend]),
      [...names, 'clock'].filter((name) => name !== 'disk').map((name) => [name, 'ok', '']),
    );
  });

  it('finds an old Node.js', async (t) => {
    const found = await checks(await organisation(t), { nodeVersion: '20.20.2' });
    onlyFault(found, 'node.js', 'failed', /24 or later/);
  });

  it('finds that there is no home', async (t) => {
    const made = await organisation(t);
    await rm(made.home.directory, { recursive: true });
    const found = await checks(made);
    const faults = found.filter(({ state }) => state === 'failed').map(({ name, mend }) => [name, mend]);
    assert.deepEqual(faults, [
      ['configuration', 'chancery init DOMAIN'],
      ['permissions', 'chancery init DOMAIN'],
    ]);
  });

  it('finds a fault in the configuration, with its line', async (t) => {
    const made = await organisation(t);
    await writeFile(made.home.config, 'version: 1\ndomain: acme.test\nlissten: []\n');
    const found = await checks(made);
    const fault = onlyFault(found, 'configuration', 'failed', /^edit .*chancery\.yaml$/);
    assert.match(fault.message, /:3:1 lissten/);
  });

  it('finds files and folders that others can read', async (t) => {
    const made = await organisation(t);
    await chmod(made.home.directory, 0o755);
    await chmod(made.home.keys.root, 0o644);
    const mends = (await checks(made)).filter(({ name }) => name === 'permissions').map(({ mend }) => mend);
    assert.deepEqual(mends, [`chmod 700 ${made.home.directory}`, `chmod 600 ${made.home.keys.root}`]);
  });

  it('does not miss the root key, which had better be elsewhere', async (t) => {
    const made = await organisation(t);
    await rm(made.home.keys.root);
    const found = await checks(made);
    const keys = found.find(({ name }) => name === 'keys');
    assert.deepEqual(
      [keys?.state, keys?.message],
      [
        'ok',
        'issuer, statement, node fit their certificates; not under a passphrase: issuer, statement, node',
      ],
    );
  });

  it('warns of an archive that was never backed up, or long ago', async (t) => {
    const made = await organisation(t);
    const { keys } = backedUp(NOW);
    const never = onlyFault(
      await checks(made, { backups: { last: null, keys } }),
      'backup',
      'warning',
      /^chancery backup DIR/,
    );
    assert.match(never.message, /no backup of the archive was ever made/);
    const old = onlyFault(
      await checks(made, { backups: backedUp(NOW - 8 * DAY) }),
      'backup',
      'warning',
      /every day/,
    );
    assert.equal(old.message, '42 entries at /mnt/backup, 8 days ago');
  });

  it('warns of keys of which no copy was ever made', async (t) => {
    const made = await organisation(t);
    const { last, keys } = backedUp(NOW);
    const { issuer: _issuer, node: _node, ...copied } = keys;
    const fault = onlyFault(
      await checks(made, { backups: { last, keys: copied } }),
      'key backup',
      'warning',
      /chancery key backup DIR/,
    );
    assert.match(fault.message, /^no copy was made of issuer, node: without them/);
  });

  it('warns of keys without a passphrase only where the configuration asks for one', async (t) => {
    const made = await organisation(t);
    const text = await readFile(made.home.config, 'utf8');
    await writeFile(made.home.config, text.replace('protected: false', 'protected: true'));
    const fault = onlyFault(await checks(made), 'keys', 'warning', /^chancery key protect$/);
    assert.match(fault.message, /not under a passphrase: root, issuer, statement, node/);
    const file = join(made.home.directory, 'passphrase');
    await writeFile(file, 'correct horse battery', { mode: 0o600 });
    const passphrase = passphraseInFile(file, {});
    const { keysDirectory: directory } = made.home;
    await reprotect({ directory, from: passphrase, to: passphrase, randomBytes: platform.randomBytes });
    // by what the files say of themselves, and by the keys in them
    for (const env of [{}, { CHANCERY_PASSPHRASE_FILE: file }]) {
      const keys = (await checks(made, { env })).find(({ name }) => name === 'keys');
      assert.deepEqual([keys?.state, keys?.message.endsWith(', and are protected')], ['ok', true]);
    }
    await writeFile(file, 'another horse battery', { mode: 0o600 });
    const env = { CHANCERY_PASSPHRASE_FILE: file };
    const wrong = (await checks(made, { env })).find(({ state }) => state === 'failed');
    assert.match(`${wrong?.message} ${wrong?.mend}`, /does not open .* CHANCERY_PASSPHRASE_FILE/);
  });

  it('finds a key that is missing, damaged or of another certificate', async (t) => {
    const made = await organisation(t);
    await rm(made.home.keys.issuer);
    onlyFault(await checks(made), 'keys', 'failed', /copy/);
    await writeFile(made.home.keys.issuer, 'x', { mode: 0o600 });
    onlyFault(await checks(made), 'keys', 'failed', /copy/);
    await rm(made.home.keys.issuer);
    await keysIn(made.home.keysDirectory, { issuer: made.made.seeds.node });
    const fault = onlyFault(await checks(made), 'keys', 'failed', /copy/);
    assert.match(fault.message, /issuer\.key is not the key of the issuer certificate/);
  });

  it('warns while a third of a certificate’s time is left, and fails once it is over', async (t) => {
    const made = await organisation(t);
    assert.equal((await checks(made, { days: 55 })).find(({ name }) => name === 'certificates')?.state, 'ok');
    const ageing = (await checks(made, { days: 65 })).filter(({ name }) => name === 'certificates');
    assert.deepEqual(
      ageing.map(({ state, message }) => [state, message.split(' ')[0]]),
      [
        ['warning', 'issuer'],
        ['warning', 'statement'],
      ],
    );
    const over = onlyFault(await checks(made, { days: 95 }), 'certificates', 'failed', /root key/);
    assert.match(over.message, /expired|past/);
  });

  it('finds a clock that is before the certificates', async (t) => {
    onlyFault(await checks(await organisation(t), { days: -1 }), 'certificates', 'failed', /clock/);
  });

  it('finds certificates of another domain than the configuration’s', async (t) => {
    const made = await organisation(t);
    await writeFile(made.home.config, 'version: 1\ndomain: other.test\nlisten: [/ip4/127.0.0.1/tcp/0]\n');
    onlyFault(await checks(made), 'certificates', 'failed', /^set domain to acme\.test/);
  });

  it('reads a gateway’s certificates from the bundle it was given', async (t) => {
    const made = await organisation(t);
    const { root, issuer, node, statement } = made.made.certificates;
    for (const name of KEY_NAMES) await rm(made.home.certificates[name]);
    const bundle = encodeBundle({
      proof: null,
      chain: [node, issuer, root],
      handovers: [],
      statement,
      roster: new Uint8Array(1),
    });
    await createPrivateFile(made.home.gatewayBundle, bundle);
    const found = await checks(made);
    assert.deepEqual(
      found.filter(({ name, state }) => name !== 'disk' && state === 'failed'),
      [],
    );
  });

  it('finds a port that another program holds, and knows our own node', async (t) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    t.after(() => other.close());
    const made = await organisation(t, `/ip4/127.0.0.1/tcp/${(other.address() as AddressInfo).port}`);
    onlyFault(await checks(made), 'ports', 'failed', /listen/);
    const lock = await lockHome(made.home);
    t.after(() => lock.release());
    const ports = (await checks(made)).find(({ name }) => name === 'ports');
    assert.equal(ports?.state, 'ok');
    assert.match(ports.message, new RegExp(`process ${process.pid}`));
  });

  it('finds an address that this machine does not have', async (t) => {
    onlyFault(
      await checks(await organisation(t, '/ip4/192.0.2.1/tcp/4710')),
      'ports',
      'failed',
      /edit listen/,
    );
  });

  it('finds another root in DNS, and says the record to publish with a higher sequence', async (t) => {
    const made = await organisation(t);
    const found = await checks(made, { domain: accept(proven('A'.repeat(43))) });
    const { rootId } = made.made;
    const record = `_chancery\\.acme\\.test\\. 3600 IN TXT "v=chancery1; k=ed25519; id=${rootId}; seq=5; st=current"`;
    onlyFault(found, 'dns', 'failed', new RegExp(record));
  });

  it('warns of a zone that is not signed', async (t) => {
    const made = await organisation(t);
    const { records } = proven(made.made.rootId);
    const found = await checks(made, {
      domain: accept({ level: 'dns', records, proof: null, proven: null }),
    });
    onlyFault(found, 'dnssec', 'warning', /sign the zone/);
  });

  for (const [code, name, mend] of [
    [
      'dns.no-record',
      'dns',
      /publish _chancery\.acme\.test\. 3600 IN TXT "v=chancery1; .*seq=1; st=current"/,
    ],
    ['dns.unreachable', 'dns', /dns\.servers/],
    ['dnssec.not-yet-valid', 'clock', /set the clock/],
    ['dnssec.expired', 'clock', /set the clock.*sign the zone/],
    ['dnssec.no-anchor', 'dnssec', /dns\.anchors/],
    ['dnssec.bad-signature', 'dnssec', /mend the zone/],
  ] as const satisfies readonly (readonly [Code, string, RegExp])[]) {
    it(`tells ${code} as a fault of ${name}, with its mend`, async (t) => {
      const found = await checks(await organisation(t), { domain: refuse(code, 'this went wrong') });
      assert.equal(onlyFault(found, name, 'failed', mend).message, 'this went wrong');
    });
  }
});

describe('chancery doctor', () => {
  it('adds what the running node says, and ends with 1 if a check failed', async (t) => {
    const cli = await testCli(t);
    await serveFake(t, cli);
    const said = await cli.run('doctor');
    assert.equal(said.code, 1);
    assert.match(said.out, /^failed {3}configuration .*\n {24,}mend: chancery init DOMAIN$/m);
    assert.match(said.out, /^ok {7}roster +roster 7 holds$/m);
    assert.match(said.err, /^chancery: 1 check failed; .* \[doctor\.failed\]\n$/);
    const { checks: shown } = JSON.parse((await cli.run('doctor', '--json')).out) as { checks: Check[] };
    for (const check of shown) assert.deepEqual(Object.keys(check), ['name', 'state', 'message', 'mend']);
  });

  it('says that no node runs where none does', async (t) => {
    const { run } = await testCli(t);
    assert.match((await run('doctor')).out, /^warning {2}node +no node runs.*\n +mend: chancery start$/m);
  });
});
