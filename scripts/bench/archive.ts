/**
 * The archive alone, when it is large: what a message costs at its beginning and at its end, how long opening takes, a
 * page, and the memory of the process that reads. CHANCERY_BENCH_ENTRIES sets how many entries (default 1,000,000).
 * Started with a folder it is the process that opens the archive there.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Messages } from '../../node/ledger/index.ts';
import { fill, openBenchLedger, pageOf } from './page.ts';
import { quantile } from './quantile.ts';

const ENTRIES = Number(process.env['CHANCERY_BENCH_ENTRIES'] ?? 1_000_000);
const MESSAGE_BYTES = 200;

/** Entries over which the cost of a message is measured: up to this many, and the last that many. */
const EARLY = 10_000;

const folder = process.argv[2];
if (folder === undefined) await measure();
else await read(folder);

async function measure(): Promise<void> {
  const made = await mkdtemp(join(tmpdir(), 'chancery-archive-bench-'));
  try {
    const { log, ledger } = await openBenchLedger(join(made, 'archive'));
    const [early, late]: [number[], number[]] = [[], []];
    await fill(ledger, ENTRIES, MESSAGE_BYTES, (appended, milliseconds) => {
      if (appended <= EARLY) early.push(milliseconds);
      if (appended > ENTRIES - 10 * EARLY) late.push(milliseconds);
    });
    await log.close();
    const { stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), made]);
    if (stdout.length === 0) throw new Error(stderr.toString());
    const cost = { early: quantile(early, 0.5), late: quantile(late, 0.5) };
    console.log(
      JSON.stringify({
        entries: ENTRIES,
        append_1000_ms_at_10k: round(cost.early),
        append_1000_ms_at_end: round(cost.late),
        cost_ratio: round(cost.late / cost.early),
        ...(JSON.parse(stdout.toString()) as object),
      }),
    );
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

async function read(at: string): Promise<void> {
  const begin = performance.now();
  const { log, ledger } = await openBenchLedger(join(at, 'archive'));
  const opened = performance.now() - begin;
  const [conversation] = await new Messages(ledger).conversations();
  if (conversation === undefined) throw new Error('there is no conversation in the archive');
  const page = await pageOf(ledger, conversation.id, log.size - 1);
  const rss = process.memoryUsage.rss() / 1024 / 1024;
  console.log(JSON.stringify({ open_ms: round(opened), page_p50_ms: round(page), rss_mb: round(rss) }));
  await log.close();
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
