/** BIND 9 on loopback: zones signed by `dnssec-signzone`, served by `named`, and judged by `delv`. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What of BIND the tests need, and the Debian packages that have it. */
export const BIND_COMMANDS = ['named', 'delv', 'dnssec-keygen', 'dnssec-signzone'];
export const BIND_PACKAGES = 'bind9 bind9-dnsutils bind9-utils';

/** How often another port is tried: one is only known to be free until it is asked for. */
const PORT_ATTEMPTS = 5;

export interface BindZone {
  /** `.`, or a name without a trailing dot. */
  readonly name: string;
  /** The closest zone above; the root has none. */
  readonly parent?: string;
  /** Records in presentation form, beside the zone's top. */
  readonly records?: readonly string[];
  readonly algorithm?: string;
  /** Arguments of `dnssec-signzone` about time, such as `-e` and when. */
  readonly signing?: readonly string[];
  /** `false` leaves the DS record out of the parent. */
  readonly delegatedSecurely?: boolean;
  /** Changes the zone file after it was signed. */
  readonly tamper?: (signed: string) => string;
}

export interface Bind {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** The root's DS record in presentation form. */
  readonly anchorLine: string;
  stop(): Promise<void>;
}

/** One whose zones can be changed while they are served. */
export interface LiveBind extends Bind {
  /** Signs a zone anew, with other records or other times, and serves it. */
  update(name: string, changed: Partial<Pick<BindZone, 'records' | 'signing'>>): Promise<void>;
  /** Replaces a zone's key-signing key, and the DS record of its parent. */
  rollKsk(name: string): Promise<void>;
}

/** Signs the zones, children before parents as they are listed, and serves them. */
export async function startBind(zones: readonly BindZone[]): Promise<LiveBind> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-bind-'));
  const now = new Map(zones.map((zone) => [zone.name, zone]));
  let serial = 1;
  for (const zone of zones) {
    await makeKeys(folder, zone);
    await signZone(folder, zone, zones, serial);
  }
  const { address, reload, stop } = await serveZones(
    folder,
    zones.map(({ name }) => name),
  );
  const resign = async (...names: string[]): Promise<void> => {
    serial += 1;
    for (const name of names) await signZone(folder, zoneOf(name), [...now.values()], serial);
    await reload(serial, names.length);
  };
  const zoneOf = (name: string): BindZone => {
    const zone = now.get(name);
    if (zone === undefined) throw new Error(`no zone ${name} is served`);
    return zone;
  };
  const anchorLine = (await readFile(join(folder, 'dsset-.'), 'utf8')).trim().replace(/\s+/g, ' ');
  return {
    address,
    anchorLine,
    async update(name, changed) {
      now.set(name, { ...zoneOf(name), ...changed });
      await resign(name);
    },
    async rollKsk(name) {
      const zone = zoneOf(name);
      await removeKsk(folder, name);
      await makeKey(folder, zone, ['-f', 'KSK']);
      await resign(name, ...(zone.parent === undefined ? [] : [zone.parent]));
    },
    async stop() {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** What `delv` says of the TXT records: it must be given the only anchor to trust. */
export async function delv(address: string, anchorLine: string, name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-delv-'));
  const [, tag, algorithm, digestType, ...hex] = /DS (\d+) (\d+) (\d+) (.+)$/.exec(anchorLine) ?? [];
  const digest = hex.join('').replaceAll(' ', '');
  const file = join(folder, 'anchor.conf');
  await writeFile(file, `trust-anchors { . static-ds ${tag} ${algorithm} ${digestType} "${digest}"; };\n`);
  const [host = '', port = ''] = address.split(':');
  const args = ['-a', file, '+root=.', `@${host}`, '-p', port, name, 'TXT'];
  const said = await run('delv', args).catch((error: unknown) => error as { stdout: string; stderr: string });
  await rm(folder, { recursive: true });
  return `${said.stdout}${said.stderr}`;
}

/** The file of a zone in the folder that is served, without its ending `.signed`. */
export function fileOf(zone: string): string {
  return zone === '.' ? 'root' : zone;
}

async function makeKeys(folder: string, zone: BindZone): Promise<void> {
  await makeKey(folder, zone, ['-f', 'KSK']);
  await makeKey(folder, zone, []);
}

async function makeKey(folder: string, zone: BindZone, kind: readonly string[]): Promise<void> {
  const keys = join(folder, 'keys');
  await mkdir(keys, { recursive: true });
  const algorithm = zone.algorithm ?? 'ECDSAP256SHA256';
  await run('dnssec-keygen', ['-K', keys, '-a', algorithm, ...kind, '-n', 'ZONE', zone.name]);
}

async function removeKsk(folder: string, name: string): Promise<void> {
  const keys = join(folder, 'keys');
  const prefix = `K${name === '.' ? '' : name}.+`;
  for (const file of (await readdir(keys)).filter(
    (each) => each.startsWith(prefix) && each.endsWith('.key'),
  )) {
    const isKsk = / DNSKEY 257 /.test(await readFile(join(keys, file), 'utf8'));
    if (!isKsk) continue;
    await rm(join(keys, file));
    await rm(join(keys, file.replace(/key$/, 'private')));
  }
}

async function signZone(
  folder: string,
  zone: BindZone,
  zones: readonly BindZone[],
  serial: number,
): Promise<void> {
  const keys = join(folder, 'keys');
  const origin = zone.name === '.' ? '.' : `${zone.name}.`;
  const lines = [
    `$ORIGIN ${origin}`,
    '$TTL 300',
    `@ SOA ns.${origin.replace(/^\.$/, '')} ns.${origin.replace(/^\.$/, '')} ${serial} 3600 600 86400 60`,
    '@ NS ns',
    'ns A 127.0.0.1',
    ...(zone.records ?? []),
  ];
  for (const child of zones.filter(({ parent }) => parent === zone.name)) {
    lines.push(`${child.name}. NS ns.${child.name}.`, `ns.${child.name}. A 127.0.0.1`);
    if (child.delegatedSecurely !== false)
      lines.push(await readFile(join(folder, `dsset-${child.name}.`), 'utf8'));
  }
  const source = join(folder, `${fileOf(zone.name)}.zone`);
  const signed = join(folder, `${fileOf(zone.name)}.signed`);
  await writeFile(source, `${lines.join('\n')}\n`);
  const times = zone.signing ?? ['-e', '+1209600'];
  // -P: the signer's own check would stop at signatures that are wrong on purpose
  const args = [
    '-P',
    '-S',
    '-K',
    keys,
    '-d',
    folder,
    '-3',
    '-',
    '-H',
    '0',
    ...times,
    '-o',
    zone.name,
    '-f',
    signed,
    source,
  ];
  await run('dnssec-signzone', args, { cwd: folder });
  if (zone.tamper !== undefined) await writeFile(signed, zone.tamper(await readFile(signed, 'utf8')));
}

/** Has the server read its zones again, until so many have this serial. */
type Reload = (serial: number, count: number) => Promise<void>;

/** Serves the zones whose signed files lie in the folder. */
export async function serveZones(
  folder: string,
  zones: readonly string[],
): Promise<{ address: string; reload: Reload; stop: () => Promise<void> }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    await writeFile(join(folder, 'named.conf'), namedConf(folder, port, zones));
    const child = spawn('named', ['-c', join(folder, 'named.conf'), '-g'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const log: string[] = [];
    let ready = false;
    for await (const line of createInterface({ input: child.stderr })) {
      log.push(line);
      if (/could not listen|address in use/.test(line)) break;
      ready = / running$/.test(line);
      if (ready) break;
    }
    child.stderr.resume();
    const stop = async (): Promise<void> => {
      if (child.exitCode !== null || !child.kill()) return;
      await once(child, 'exit');
    };
    const reload: Reload = async (serial, count) => {
      child.stderr.pause();
      const lines = createInterface({ input: child.stderr });
      const loaded = new Set<string>();
      child.kill('SIGHUP');
      for await (const line of lines) {
        const [, zone] = new RegExp(` zone (\\S+)/IN: loaded serial ${serial}\\b`).exec(line) ?? [];
        if (zone !== undefined) loaded.add(zone);
        if (loaded.size === count) break;
      }
      child.stderr.resume();
    };
    if (ready) return { address: `127.0.0.1:${port}`, reload, stop };
    await stop();
    if (attempt === PORT_ATTEMPTS) throw new Error(`named did not start:\n${log.slice(-20).join('\n')}`);
  }
}

function namedConf(folder: string, port: number, zones: readonly string[]): string {
  const options = [
    `directory "${folder}"; pid-file none; session-keyfile none;`,
    `listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };`,
    'recursion no; dnssec-validation no; notify no;',
  ];
  const served = zones.map((name) => `zone "${name}" { type primary; file "${fileOf(name)}.signed"; };`);
  return [`options { ${options.join(' ')} };`, 'controls { };', ...served].join('\n');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
