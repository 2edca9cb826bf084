/**
 * The benchmark: what a whole federation does on this machine, and what share that is of what the machine could do.
 * Prints a table, or with --json one object. CHANCERY_BENCH_MESSAGES sets how many messages a run sends (default 20,000).
 */
import { measureCeiling } from './ceiling.ts';
import { measureFederation } from './federation.ts';
import { measurePage } from './page.ts';

const MESSAGES = Number(process.env['CHANCERY_BENCH_MESSAGES'] ?? 20_000);
const MESSAGE_BYTES = 1_024;
const IN_FLIGHT = 256;
const PAGE_OF = 100_000;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

say(`measuring the machine's ceiling: ${MESSAGES} messages, bare`);
const ceilingBefore = await measureCeiling(MESSAGES, MESSAGE_BYTES, IN_FLIGHT);
say(`two organisations, one sender: ${MESSAGES} messages of ${MESSAGE_BYTES} bytes, ${IN_FLIGHT} in flight`);
const federation = await measureFederation({ messages: MESSAGES, bytes: MESSAGE_BYTES, inFlight: IN_FLIGHT });
say("measuring the machine's ceiling again");
const ceilingAfter = await measureCeiling(MESSAGES, MESSAGE_BYTES, IN_FLIGHT);
say(`a page of 50 out of ${PAGE_OF}`);
const page = await measurePage(PAGE_OF, 200);

// the machine is shared: the ceiling is what it gave before and after, on the average
const ceiling = (ceilingBefore + ceilingAfter) / 2;
const result = {
  throughput_msgs_per_s: round(federation.throughput),
  ceiling_msgs_per_s: round(ceiling),
  ceiling_ratio: round(federation.throughput / ceiling, 3),
  latency_p50_ms: round(federation.latencyP50, 2),
  latency_p99_ms: round(federation.latencyP99, 2),
  cpu_s_per_10k: round(federation.cpuSecondsPer10k, 2),
  rss_mb: round(Math.max(...federation.rssMegabytes)),
  page_p50_ms: round(page, 2),
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
memory of each node                                                ${federation.rssMegabytes.map((mb) => `${round(mb)} MB`).join(', ')}
a page of 50 out of ${PAGE_OF}: median                               ${result.page_p50_ms} ms`);
}
process.exit(0);

function round(value: number, digits = 0): number {
  return Number(value.toFixed(digits));
}
