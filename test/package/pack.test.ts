/**
 * The package as its users get it: built and packed from a copy of the sources, installed elsewhere from the locked
 * versions with no install script run, and used.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { configJsonSchema } from '../../node/config/index.ts';
import { DnsTree } from '../../scripts/dns/index.ts';
import { olderNodes } from '../support/older-nodes.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** All that the package is made from. */
const SOURCES = [
  '.npmrc',
  'LICENSE',
  'README.md',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'protocol',
  'node',
  'client',
  'scripts',
];

const COMMANDS = {
  chancery: 'dist/node/bin/chancery.js',
  'chancery-chat': 'dist/client/bin/chancery-chat.js',
} as const;

/** Milliseconds for any one program: a whole installation over a slow network fits. */
const WITHIN_MS = 240_000;

interface Lock {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly version?: string }>>;
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program under this Node.js, without what an npm script around the tests has set. */
function run(cwd: string, command: string, ...args: readonly string[]): Said {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|CHANCERY_)/i.test(name));
  const PATH = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  return spawnSync(command, args, {
    cwd,
    env: { ...Object.fromEntries(kept), PATH },
    encoding: 'utf8',
    timeout: WITHIN_MS,
  });
}

function mustRun(cwd: string, command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = run(cwd, command, ...args);
  assert.equal(status, 0, `${command} ${args.join(' ')} ended with ${String(status)}:\n${stdout}${stderr}`);
  return stdout;
}

/** The sources in a folder of their own, with the dependencies as they are installed here. */
async function copySources(folder: string): Promise<void> {
  // npm packs without a word what is not there; what must be is looked for in the tarball
  const there = SOURCES.filter((name) => existsSync(join(ROOT, name)));
  for (const name of there) await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

/** A project that depends on the tarball alone, locked to the very versions that the tests ran with. */
async function writeProject(folder: string, tarball: string): Promise<void> {
  const own = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Record<string, unknown>;
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  const dependencies = { chancery: `file:${tarball}` };
  const { version, bin, engines } = own;
  const packages = {
    '': { dependencies },
    'node_modules/chancery': {
      ...{ version, bin, engines },
      resolved: dependencies.chancery,
      dependencies: own['dependencies'],
    },
    ...Object.fromEntries(
      Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true),
    ),
  };
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  const { lockfileVersion } = lock;
  await writeFile(
    join(folder, 'package-lock.json'),
    JSON.stringify({ lockfileVersion, requires: true, packages }),
  );
}

describe('the published package', () => {
  let folder: string;
  let packed: Packed;
  let installed: string;
  const bin = (name: keyof typeof COMMANDS): string => join(installed, 'node_modules', '.bin', name);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chancery-pack-'));
    const sources = join(folder, 'sources');
    await mkdir(sources);
    await copySources(sources);
    // whoever runs the tests has checked the types, which is most of what building takes
    mustRun(sources, 'npm', 'run', '--silent', 'build', '--', '--noCheck');
    // already built: packing would build once more
    const said = mustRun(sources, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder);
    [packed] = JSON.parse(said) as [Packed];
    installed = join(folder, 'elsewhere');
    await writeProject(installed, join(folder, packed.filename));
    mustRun(installed, 'npm', 'ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund');
  });

  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('holds the compiled program, its schema, licence and description, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    const beside = paths.filter((path) => !/^dist\/(protocol|node|client)\/.+\.(js|d\.ts)$/.test(path));
    assert.deepEqual(beside.sort(), [
      'LICENSE',
      'README.md',
      'node/config/chancery.schema.json',
      'node/policy/policy.schema.json',
      ...['default', 'finance', 'health', 'public'].map((name) => `node/policy/profiles/${name}.yaml`),
      'package.json',
    ]);
    for (const path of Object.values(COMMANDS)) assert.ok(paths.includes(path), `${path} is missing`);
  });

  it('gives both commands, which show their help', () => {
    for (const name of ['chancery', 'chancery-chat'] as const) {
      const { status, stdout, stderr } = run(folder, bin(name), '--help');
      assert.deepEqual([status, stderr], [0, '']);
      assert.match(stdout, new RegExp(`^Usage: ${name} `));
      assert.match(stdout, /^Examples:$/m);
    }
  });

  it('takes an operator from init to the doctor', async (t) => {
    const tree = new DnsTree({ zones: ['test', 'x.test'] });
    const server = await tree.serve();
    t.after(() => server.stop());
    const home = join(folder, 'home');
    const setting = tree.anchorLines.flatMap((line) => ['--anchor', line]);
    const made = JSON.parse(
      mustRun(
        folder,
        bin('chancery'),
        ...['init', 'x.test', '--home', home, '--json', '--listen', '/ip4/127.0.0.1/tcp/0'],
        ...['--dns-server', server.address, ...setting],
      ),
    ) as { domain: string; record: { name: string; value: string } };
    assert.equal(made.domain, 'x.test');
    assert.equal(await readFile(join(home, 'chancery.schema.json'), 'utf8'), configJsonSchema());
    const doctor = run(folder, bin('chancery'), 'doctor', '--home', home, '--json');
    assert.equal(doctor.status, 1, 'nothing is published yet');
    const { checks } = JSON.parse(doctor.stdout) as { checks: { name: string; state: string }[] };
    assert.ok(checks.some(({ state }) => state === 'ok'));
  });

  it('brings policies to begin with, and checks them', () => {
    const to = join(folder, 'policies');
    mustRun(folder, 'mkdir', to);
    mustRun(folder, bin('chancery'), 'policy', 'profiles', 'finance', '--to', to);
    const said = mustRun(to, bin('chancery'), 'policy', 'check', 'policy.yaml');
    assert.match(said, /^policy\.yaml is valid: /);
  });

  it('can be imported as a library', () => {
    const script = `
      const { createClient } = await import('chancery/client');
      const { decodeCbor } = await import('chancery/protocol');
      console.log(typeof createClient, typeof decodeCbor);`;
    const said = mustRun(installed, process.execPath, '--input-type=module', '--eval', script);
    assert.equal(said, 'function function\n');
  });

  it('inspects files in workers of its own', () => {
    const script = `
      const { InspectionPool } = await import('./node_modules/chancery/dist/node/inspection/index.js');
      await using pool = new InspectionPool();
      const file = { name: 'a.txt', type: 'text/plain' };
      console.log(JSON.stringify(await pool.inspect(Buffer.from('words'), file)));`;
    const said = mustRun(installed, process.execPath, '--input-type=module', '--eval', script);
    assert.deepEqual((JSON.parse(said) as { texts: unknown }).texts, [{ place: 'a.txt', text: 'words' }]);
  });

  it('tells an older Node.js in one line what is needed', () => {
    for (const node of olderNodes()) {
      for (const [name, path] of Object.entries(COMMANDS)) {
        const program = join(installed, 'node_modules', 'chancery', path);
        const { status, stdout, stderr } = run(folder, node, program, '--help');
        assert.deepEqual([status, stdout], [1, '']);
        assert.match(stderr, new RegExp(`^${name}: this is Node\\.js [\\d.]+, ${name} needs 24 [^\\n]*\\n$`));
      }
    }
  });

  it('is installed by npm ci from a lock file that agrees with its description', () => {
    const sources = join(folder, 'sources');
    mustRun(sources, 'npm', 'ci', '--dry-run', '--ignore-scripts', '--prefer-offline', '--no-audit');
  });
});
