/** Nothing secret leaves a node by the side doors: no core dump, log line or error holds a key or a passphrase. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { passphraseInFile, readKeyFile } from '../../node/keys/index.ts';
import { homeLayout, KEY_NAMES } from '../../node/home/index.ts';
import { requireCommands } from '../support/requirements.ts';

const PROGRAM = new URL('../../node/bin/chancery.ts', import.meta.url).pathname;
const PASSPHRASE = 'Zyklop-Quitte-Barsch-77';

interface Made {
  readonly home: string;
  readonly env: Record<string, string>;
  readonly run: (...args: string[]) => { readonly status: number | null; readonly said: string };
  /** Each private key as the bytes of its seed, and as it is written in hex and base64. */
  readonly secrets: () => Promise<Buffer[]>;
}

/** A home as `init` makes it, its keys under a passphrase. */
async function made(t: TestContext): Promise<Made> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-secrets-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const home = join(folder, 'home');
  const file = join(folder, 'passphrase');
  await writeFile(file, `${PASSPHRASE}\n`, { mode: 0o600 });
  const env = { CHANCERY_HOME: home, CHANCERY_PASSPHRASE_FILE: file, CHANCERY_LOG_LEVEL: 'trace' };
  const run: Made['run'] = (...args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
    return { status, said: stdout + stderr };
  };
  const listen = ['--listen', '/ip4/127.0.0.1/tcp/0', '--dns-server', '127.0.0.1:9'];
  const init = run('init', 'acme.test', ...listen);
  assert.equal(init.status, 0, init.said);
  return {
    home,
    env,
    run,
    async secrets() {
      const passphrase = passphraseInFile(file, {});
      const seeds = await Promise.all(
        KEY_NAMES.map((name) => readKeyFile(homeLayout(home).keys[name], passphrase)),
      );
      return seeds.map((seed) => Buffer.from(seed));
    },
  };
}

/** A node of the home, once it runs; what it said is collected. */
async function startNode(
  { env }: Made,
  program = [PROGRAM, 'start'],
): Promise<{ pid: number; said: () => string; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, program, { env: { ...process.env, ...env } });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const gone = once(child, 'exit');
  const ready = once(createInterface({ input: child.stdout }), 'line');
  const first = await Promise.race([ready.then(() => 'ready'), gone.then(() => 'gone')]);
  assert.equal(first, 'ready', said);
  return {
    pid: child.pid ?? 0,
    said: () => said,
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

async function dumpOf(pid: number, folder: string): Promise<Buffer> {
  const { status, stderr } = spawnSync('gcore', ['-o', join(folder, 'core'), String(pid)], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  const [core] = (await readdir(folder)).filter((name) => name.startsWith('core.'));
  return readFile(join(folder, core ?? ''));
}

test('a core dump of a running node holds no private key and no passphrase', async (t) => {
  if (!requireCommands(t, ['gcore'], 'gdb')) return;
  const home = await made(t);
  const folder = await mkdtemp(join(tmpdir(), 'chancery-core-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const node = await startNode(home);
  let core: Buffer;
  try {
    core = await dumpOf(node.pid, folder);
  } finally {
    await node.stop();
  }
  t.diagnostic(`${core.length} bytes`);
  for (const seed of await home.secrets()) assert.equal(core.indexOf(seed), -1);
  assert.equal(core.indexOf(PASSPHRASE), -1);
});

/** What of a process's memory its core dumps hold by default: all that it wrote, but what is marked not to be dumped. */
async function dumpable(pid: number): Promise<Buffer> {
  const maps = (await readFile(`/proc/${pid}/smaps`, 'utf8')).split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const parts: Buffer[] = [];
  await using memory = await open(`/proc/${pid}/mem`, 'r');
  for (const map of maps) {
    const [, from = '0', to = '0', flags = ''] = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/.exec(map) ?? [];
    const size = Number.parseInt(to, 16) - Number.parseInt(from, 16);
    const resident = Number(/^Rss: +(\d+)/m.exec(map)?.[1] ?? 0);
    const excluded = / dd(?: |$)/m.test(/^VmFlags:.*$/m.exec(map)?.[0] ?? '');
    if (!flags.startsWith('rw') || resident === 0 || excluded || size > 2 ** 28) continue;
    const part = Buffer.alloc(size);
    await memory.read(part, 0, size, Number.parseInt(from, 16)).catch(() => undefined); // gone meanwhile
    parts.push(part);
  }
  return Buffer.concat(parts);
}

test('a key that signs is kept out of core dumps by its memory alone, which hold the rest', async (t) => {
  if (!requireCommands(t, ['gcore'], 'gdb')) return; // where there is gdb there is Linux and its /proc
  const sodium = new URL('../../node/crypto/index.ts', import.meta.url).href;
  const script = `
    import { sodiumSigner } from ${JSON.stringify(sodium)};
    const seed = new Uint8Array(new ArrayBuffer(32)); // small arrays elsewhere are moved, and leave copies behind
    for (let at = 0; at < 32; at++) seed[at] = (at * 37 + 11) & 0xff;
    const kept = new Uint8Array(32).map((_b, at) => (at * 59 + 5) & 0xff);
    const signer = sodiumSigner(seed);
    seed.fill(0);
    signer.sign(new Uint8Array(1));
    console.log('ready');
    setInterval(() => [signer, kept], 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let memory: Buffer;
  try {
    await once(createInterface({ input: child.stdout }), 'line');
    memory = await dumpable(child.pid ?? 0);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const bytes = (by: number, from: number): Buffer =>
    Buffer.from(Array.from({ length: 32 }, (_b, at) => (at * by + from) & 0xff));
  t.diagnostic(`${memory.length} bytes`);
  assert.notEqual(
    memory.indexOf(bytes(59, 5)),
    -1,
    'ordinary memory is found, so that absence tells something',
  );
  assert.equal(memory.indexOf(bytes(37, 11)), -1);
});

test('what a node logs, and what commands say when they fail, holds no key and no passphrase', async (t) => {
  const home = await made(t);
  const node = await startNode(home);
  let said: string;
  try {
    const asked = [
      home.run('key', 'protect', '--json'),
      home.run('init', 'acme.test', '--json'),
      home.run('identity', 'show', '--json'),
    ];
    assert.deepEqual(
      asked.slice(0, 2).map(({ status }) => status),
      [1, 1],
    );
    said = asked.map((one) => one.said).join('\n');
  } finally {
    await node.stop();
  }
  said += node.said();
  assert.match(said, /"level":"info"/);
  const secrets = await home.secrets();
  const keys = homeLayout(home.home).keys;
  const issuer = await readFile(keys.issuer, 'utf8');
  const wrong = join(home.home, 'wrong');
  await writeFile(wrong, 'Wrong-Zyklop-Passphrase', { mode: 0o600 });
  for (const json of [[], ['--json']]) {
    for (const args of [
      ['key', 'unprotect', '--passphrase-file', wrong],
      ['key', 'change-passphrase', '--passphrase-file', wrong],
      ['key', 'protect', '--passphrase-file', wrong],
      ['key', 'list'],
      ['doctor'],
    ]) {
      said += home.run(...args, ...json).said;
    }
    await writeFile(keys.issuer, issuer.replace('\nMI', '\nMA'));
    for (const args of [['start'], ['doctor'], ['key', 'protect']]) {
      const failed = home.run(...args, ...json);
      assert.equal(failed.status, 1);
      said += failed.said;
    }
    await writeFile(keys.issuer, issuer);
  }
  for (const seed of secrets) {
    for (const form of ['hex', 'base64', 'base64url'] as const) {
      assert.ok(!said.includes(seed.toString(form).slice(0, 40)), form);
    }
  }
  const body = issuer.split('\n')[2] ?? '';
  for (const secret of [PASSPHRASE, 'Wrong-Zyklop', 'PRIVATE KEY', body]) assert.ok(!said.includes(secret));
});
