/** Hundreds of planned zones in one BIND: signed by `dnssec-signzone` with keys that they share, and served by one `named`. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileOf, serveZones, type Bind } from './bind.ts';
import { absolute, KeyPool, type KeyUse } from './key-pool.ts';
import type { ZonePlan } from './zone-variants.ts';

const run = promisify(execFile);

const ENTRY: KeyUse = { algorithm: 'ECDSAP256SHA256', entry: true };
const SIGNER: KeyUse = { algorithm: 'ECDSAP256SHA256', entry: false };
const TOP = { records: [], keys: [ENTRY, SIGNER], named: [{ key: ENTRY }], signing: [] };

/** Work under way at a time: each is a process of its own. */
const AT_ONCE = 4;

/** Signs and serves the zones, which all lie below `test`, with `test` and the root above them. */
export async function startVariants(variants: readonly ZonePlan[]): Promise<Bind> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-variants-'));
  const pool = new KeyPool(folder);
  const plans = [...variants, { ...TOP, zone: 'test', parent: '.' }, { ...TOP, zone: '.', parent: '' }];
  await inParallel(plans, (plan) => sign(folder, pool, plan, plans));
  const { address, stop } = await serveZones(
    folder,
    plans.map(({ zone }) => zone),
  );
  return {
    address,
    anchorLine: await pool.delegation(ENTRY, '.'),
    async stop() {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Does something with each, a few at a time. */
export async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}

async function sign(
  folder: string,
  pool: KeyPool,
  plan: ZonePlan,
  plans: readonly ZonePlan[],
): Promise<void> {
  const { zone, keys } = plan;
  const own = join(folder, `files of ${fileOf(zone)}`);
  await mkdir(own);
  const lent = await Promise.all(
    keys.map(async (use) => ({ ...(await pool.lend(use, zone, own)), idle: use.idle === true })),
  );
  const children = plans.filter(({ parent }) => parent === zone);
  const source = join(own, 'zone');
  const lines = [
    ...top(plan),
    ...lent.map(({ line }) => line),
    ...(await Promise.all(children.map((child) => delegation(pool, child)))).flat(),
  ];
  await writeFile(source, `${lines.join('\n')}\n`);
  const signed = join(folder, `${fileOf(zone)}.signed`);
  if (keys.length === 0) return copyFile(source, signed);
  const signers = lent.filter(({ idle }) => !idle).map(({ file }) => file);
  // -P: the signer's own check would stop at what is wrong on purpose
  const args = ['-P', '-O', 'full', '-o', zone, '-f', signed, ...plan.signing, source, ...signers];
  await run('dnssec-signzone', args, { cwd: own });
  const tamper = tampering(plan, children);
  if (tamper === undefined) return;
  const changed = (await readFile(signed, 'utf8')).split('\n').map(tamper);
  await writeFile(signed, changed.filter((line) => line !== undefined).join('\n'));
}

/** What is changed in the zone after it was signed, its own lines and those about its children. */
function tampering(plan: ZonePlan, children: readonly ZonePlan[]): ZonePlan['tamper'] {
  const byChild = new Map(children.map(({ zone, tamperParent }) => [absolute(zone), tamperParent]));
  if (plan.tamper === undefined && ![...byChild.values()].some((change) => change !== undefined))
    return undefined;
  return (line) => {
    const change = byChild.get(line.slice(0, line.search(/\s|$/))) ?? plan.tamper;
    return change === undefined ? line : change(line);
  };
}

function top({ zone, records }: ZonePlan): string[] {
  const server = zone === '.' ? 'ns.' : `ns.${zone}.`;
  return [
    `$ORIGIN ${absolute(zone)}`,
    '$TTL 300',
    `@ SOA ${server} ${server} 1 3600 600 86400 60`,
    `@ NS ${server}`,
    `${server} A 127.0.0.1`,
    ...records,
  ];
}

async function delegation(pool: KeyPool, { zone, named }: ZonePlan): Promise<string[]> {
  const wrongly = (digest: Buffer): Buffer => digest.map((byte) => byte ^ 0xff) as Buffer;
  const ds = named.map(({ key, digest, wrong }) =>
    pool.delegation(key, zone, digest, wrong === true ? wrongly : undefined),
  );
  return [`${zone}. NS ns.${zone}.`, `ns.${zone}. A 127.0.0.1`, ...(await Promise.all(ds))];
}
