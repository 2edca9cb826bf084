/** CPU seconds and resident memory of a process, from the system's own table. */
import { execFileSync } from 'node:child_process';

export interface Usage {
  readonly cpuSeconds: number;
  readonly rssMegabytes: number;
}

/** Reads `ps`, which Linux and macOS both have. Whole processes: with their threads. */
export function usageOf(pid: number): Usage {
  const [time = '', rss = ''] = execFileSync('ps', ['-o', 'time=,rss=', '-p', String(pid)], {
    encoding: 'utf8',
  })
    .trim()
    .split(/\s+/);
  const parts = time.split(/[-:]/).map(Number).reverse();
  const [seconds = 0, minutes = 0, hours = 0] = parts;
  return { cpuSeconds: seconds + 60 * minutes + 3_600 * hours, rssMegabytes: Number(rss) / 1024 };
}
