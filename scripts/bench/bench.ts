/**
 * The benchmark: what a whole federation does on this machine, and what share that is of what the machine could do.
 * Prints a table, or with --json one object. CHANCERY_BENCH_MESSAGES sets how many messages a run sends (default 20,000),
 * CHANCERY_BENCH_SEARCHED how many are searched (default 200,000).
 */
import { measureAppends } from './appends.ts';
import { openCeiling } from './ceiling.ts';
import { openFederation } from './federation.ts';
import { measureIdentity } from './identity.ts';
import { measurePage } from './page.ts';
import { measureSearch, searchKeys } from './search.ts';

const MESSAGES = Number(process.env['CHANCERY_BENCH_MESSAGES'] ?? 20_000);
const SEARCHED = Number(process.env['CHANCERY_BENCH_SEARCHED'] ?? 200_000);
const MESSAGE_BYTES = 1_024;
const IN_FLIGHT = 256;
const PAGE_OF = 100_000;

/** The machine is shared: federation and ceiling take turns, so that both meet the same of its good and bad moments. */
const ROUNDS = 2;

/** Messages before the measure begins: the code is compiled while it runs, and a node runs for weeks. */
const WARM_UP = 5_120;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

say(`two organisations, one sender: ${MESSAGES} messages of ${MESSAGE_BYTES} bytes, ${IN_FLIGHT} in flight,`);
say(`in ${ROUNDS} rounds that take turns with the bare machine`);
const federation = await openFederation('x'.repeat(MESSAGE_BYTES), IN_FLIGHT);
const bare = await openCeiling(MESSAGE_BYTES, IN_FLIGHT);
await federation.round(WARM_UP);
await bare.round(WARM_UP);
const seconds = { federation: 0, bare: 0, cpu: 0 };
for (let round = 0; round < ROUNDS; round += 1) {
  const before = federation.usage().cpuSeconds;
  seconds.federation += await federation.round(MESSAGES / ROUNDS);
  seconds.cpu += federation.usage().cpuSeconds - before;
  seconds.bare += await bare.round(MESSAGES / ROUNDS);
}
const { rssMegabytes } = federation.usage();
const { latency } = federation;
await bare.close();
await federation.close();
say(`a page of 50 out of ${PAGE_OF}`);
const page = await measurePage(PAGE_OF, 200);

say('appends: a bare log, the archive, and two copies of it');
const appends = await measureAppends(MESSAGES, MESSAGE_BYTES);

say('a node’s identity, verified anew and again');
const identity = await measureIdentity();

say(`searches in ${SEARCHED} messages, by the archive and by FTS5`);
const search = searchKeys(await measureSearch(SEARCHED));

const result = {
  throughput_msgs_per_s: round(MESSAGES / seconds.federation),
  ceiling_msgs_per_s: round(MESSAGES / seconds.bare),
  ceiling_ratio: round(seconds.bare / seconds.federation, 3),
  latency_p50_ms: round(latency.p50, 2),
  latency_p99_ms: round(latency.p99, 2),
  cpu_s_per_10k: round((seconds.cpu / MESSAGES) * 10_000, 2),
  rss_mb: round(Math.max(...rssMegabytes)),
  page_p50_ms: round(page, 2),
  append_bare_per_s: round(appends.bare),
  append_archive_per_s: round(appends.archive),
  append_two_copies_per_s: round(appends.twoCopies),
  identity_bundle_uncached_per_s: round(identity.uncachedPerSecond),
  identity_bundle_cached_per_s: round(identity.cachedPerSecond),
  identity_bundle_bytes: identity.bytes,
  ...search,
};

if (process.argv.includes('--json')) console.log(JSON.stringify(result));
else {
  console.log(`
messages a second, archived and synced on both sides, receipt in   ${result.throughput_msgs_per_s}
the machine's ceiling for that                                     ${result.ceiling_msgs_per_s}
share of the ceiling                                               ${result.ceiling_ratio}
one message at low load, until its receipt is in: median           ${result.latency_p50_ms} ms
                                                  99 of 100 below  ${result.latency_p99_ms} ms
CPU of both nodes for 10,000 messages                              ${result.cpu_s_per_10k} s
memory of each node                                                ${rssMegabytes.map((mb) => `${round(mb)} MB`).join(', ')}
a page of 50 out of ${PAGE_OF}: median                               ${result.page_p50_ms} ms
messages appended a second: to a bare log                          ${result.append_bare_per_s}
                            with tree, sealing and views           ${result.append_archive_per_s}
                            and held by a second node as well      ${result.append_two_copies_per_s}
a node's whole identity verified anew, a second                    ${result.identity_bundle_uncached_per_s}
                        judged again by its hash, a second         ${result.identity_bundle_cached_per_s}
                        in a session's handshake                   ${result.identity_bundle_bytes} bytes
a search in ${SEARCHED} messages: median                            ${result.search_p50_ms} ms, ${result.search_fts5_p50_ms} ms with FTS5
                                 99 of 100 below                   ${result.search_p99_ms} ms, ${result.search_fts5_p99_ms} ms with FTS5
messages appended a second, with index and without                 ${result.search_append_per_s}, ${result.search_append_unindexed_per_s}
memory of the process that searches                                ${result.search_rss_mb} MB`);
}
process.exit(0);

function round(value: number, digits = 0): number {
  return Number(value.toFixed(digits));
}
