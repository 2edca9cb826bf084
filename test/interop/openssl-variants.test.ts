/**
 * Our path verdicts against `openssl verify -x509_strict`, over chains with one thing spoiled and chains with two: what we
 * accept openssl accepts, and what it accepts and we do not is listed with its reason.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { encodePem } from '../../protocol/certificate/index.ts';
import { inParallel } from '../support/bind-variants.ts';
import { AT, makeChain, verifyDer } from '../support/chain-drafts.ts';
import { requireCommands } from '../support/requirements.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { SPOILED, type SpoiledChain } from '../support/spoiled-chains.ts';
import { SPOILED_FURTHER } from '../support/spoiled-further.ts';

const run = promisify(execFile);

/** Chains with two things spoiled at once. */
const PAIRS = 150;

const ALL = [...SPOILED, ...SPOILED_FURTHER];

interface Verdict {
  /** The code with which we refuse; `accepted` where we do not. */
  readonly ours: string;
  /** What openssl says; `accepted` where it has nothing against it. */
  readonly openssl: string;
}

async function judge(folder: string, number: number, spoiled: readonly SpoiledChain[]): Promise<Verdict> {
  const at = spoiled.find((one) => one.at !== undefined)?.at ?? AT;
  const chain = await makeChain((drafts) => {
    for (const { spoil } of spoiled) spoil?.(drafts);
  });
  const [leaf = '', issuer = '', root = ''] = await Promise.all(
    chain.map(async (der, place) => {
      const file = join(folder, `${number}.${place}.pem`);
      await writeFile(file, encodePem('CERTIFICATE', der));
      return file;
    }),
  );
  const strict = ['-x509_strict', '-check_ss_sig', '-purpose', 'smimesign', '-attime', String(at)];
  const openssl = await run('openssl', [
    'verify',
    ...strict,
    '-CAfile',
    root,
    '-untrusted',
    issuer,
    leaf,
  ]).then(
    () => 'accepted',
    (error: unknown) => (error as { stderr: string }).stderr.replaceAll(folder, ''),
  );
  const verdict = verifyDer(chain, at);
  return { ours: verdict.ok ? 'accepted' : verdict.refusal.code, openssl };
}

/** Judges all, and returns what is not as it should be. */
async function judgeAll(
  cases: readonly (readonly SpoiledChain[])[],
  wrong: (verdict: Verdict, spoiled: readonly SpoiledChain[]) => boolean,
): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-openssl-'));
  const found: string[] = [];
  await inParallel([...cases.entries()], async ([number, spoiled]) => {
    const verdict = await judge(folder, number, spoiled);
    const what = spoiled.map((one) => one.what).join(', and ');
    if (wrong(verdict, spoiled)) found.push(`${what}: we say ${verdict.ours}, openssl ${verdict.openssl}`);
  });
  await rm(folder, { recursive: true });
  return found;
}

test('openssl refuses each spoiled chain as we do, but for the listed reasons', async (t) => {
  if (!requireCommands(t, ['openssl'], 'openssl')) return;
  assert.equal(new Set(ALL.map(({ what }) => what)).size, ALL.length, 'a kind is there twice');
  const cases = ALL.map((spoiled) => [spoiled]);
  const wrong = await judgeAll(
    cases,
    ({ ours, openssl }, [spoiled]) =>
      ours !== spoiled?.code || (openssl === 'accepted') !== (spoiled.opensslAccepts !== undefined),
  );
  assert.deepEqual(wrong, []);
  t.diagnostic(
    `${ALL.length} kinds, ${ALL.filter((one) => one.opensslAccepts).length} with a reason to differ`,
  );
});

test('openssl accepts whatever we accept, also of chains with two faults that may mend each other', async (t) => {
  if (!requireCommands(t, ['openssl'], 'openssl')) return;
  const random = seededRandom(t);
  const pairs = Array.from({ length: PAIRS }, () => [random.pick(ALL), random.pick(ALL)]);
  const wrong = await judgeAll(
    [[], ...pairs],
    ({ ours, openssl }) => ours === 'accepted' && openssl !== 'accepted',
  );
  assert.deepEqual(wrong, []);
});
