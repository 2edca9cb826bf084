/**
 * ClamAV's daemon, clamd(8), by its protocol: `zINSTREAM`, `zPING`, `zVERSION`. Guarantees: only `OK` for the whole file is
 * clean; a file that is larger than the limits, an error, or an answer that nobody knows is `failed`.
 */
import {
  failedScan,
  healthOf,
  said,
  SCANNER_LIMITS,
  tooLarge,
  type Health,
  type Scanner,
  type ScannerAddress,
  type ScannerLimits,
  type Verdict,
} from './scanner.ts';
import { ScannerSocket } from './scanner-socket.ts';
import { testFile } from './test-file.ts';

/** Bytes of one chunk of a stream. */
const CHUNK_BYTES = 256 * 1024;

/** Bytes of an answer: a line with the name of a signature. */
const MAX_ANSWER_BYTES = 4_096;

export interface ClamdOptions extends Partial<ScannerLimits> {
  readonly name: string;
  readonly address: ScannerAddress;
}

export function clamdScanner(options: ClamdOptions): Scanner {
  const { name, address, withinMs, maxBytes } = { ...SCANNER_LIMITS, ...options };
  const command = (word: string): Promise<string> =>
    ScannerSocket.ask(address, withinMs, async (socket) => {
      await socket.write(Buffer.from(`z${word}\0`));
      return answerOf(socket);
    });
  const stream = (bytes: Uint8Array): Promise<string> =>
    ScannerSocket.ask(address, withinMs, async (socket) => {
      await socket.write(Buffer.from('zINSTREAM\0'));
      await writeChunks(socket, bytes);
      return answerOf(socket); // also where it took no more: it says why
    });
  const scan = async (bytes: Uint8Array): Promise<Verdict> => {
    if (bytes.length > maxBytes) return tooLarge(name, maxBytes);
    try {
      const [answer, engine] = await Promise.all([stream(bytes), command('VERSION')]);
      return verdictOf(answer, said(engine));
    } catch (error) {
      return failedScan(error);
    }
  };
  return {
    name,
    scan,
    async check(): Promise<Health> {
      try {
        const pong = await command('PING');
        if (pong !== 'PONG')
          return { ok: false, reason: `answers ${JSON.stringify(said(pong))} instead of PONG` };
        return healthOf(await scan(testFile));
      } catch (error) {
        return { ok: false, reason: (error as Error).message };
      }
    },
  };
}

/** Each chunk after its length in four bytes, and a length of zero behind the last. */
async function writeChunks(socket: ScannerSocket, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const chunk = bytes.subarray(at, at + CHUNK_BYTES);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(chunk.length);
    if (!(await socket.write(length)) || !(await socket.write(chunk))) return;
  }
  await socket.write(Buffer.alloc(4));
}

async function answerOf(socket: ScannerSocket): Promise<string> {
  return (await socket.readUntil('\0', MAX_ANSWER_BYTES)).toString('utf8').trim();
}

function verdictOf(answer: string, engine: string): Verdict {
  if (answer === 'stream: OK') return { state: 'clean', engine };
  const [, name] = /^stream: (.+) FOUND$/.exec(answer) ?? [];
  return name === undefined ? failedScan(answer, engine) : { state: 'infected', name: said(name), engine };
}
