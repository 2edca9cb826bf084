/**
 * Scanners that speak ICAP (RFC 3507), asked by RESPMOD whether they would pass a file on. Guarantees: clean is only what is
 * answered with 204, or given back byte for byte; what is refused or named is infected; all else is `failed`.
 */
import { equals } from 'uint8arrays/equals';
import {
  chunkOf,
  optionsRequest,
  readAnswer,
  readEncapsulated,
  respmod,
  type IcapAnswer,
} from './icap-message.ts';
import {
  failedScan,
  healthOf,
  said,
  SCANNER_LIMITS,
  tooLarge,
  type Scanner,
  type ScannerLimits,
  type Verdict,
} from './scanner.ts';
import { ScannerSocket } from './scanner-socket.ts';
import { testFile } from './test-file.ts';

const ICAP_PORT = 1344;

/** Bytes of a preview, whatever the service asks for. */
const MAX_PREVIEW_BYTES = 64 * 1024;

/** Bytes that a page with a refusal may have beyond the file it stands for. */
const MAX_PAGE_BYTES = 1024 * 1024;

/** Fields that name malware: the RFC has none, these are what servers send. */
const NAMES = ['x-infection-found', 'x-virus-id', 'x-virus-name', 'x-violations-found'];

const CONTINUE = 100;
const NO_MODIFICATION = 204;
const OK = 200;
const FORBIDDEN = 403;

export interface IcapOptions extends Partial<ScannerLimits> {
  readonly name: string;
  /** `icap://host:port/service`. */
  readonly url: URL;
}

export function icapScanner(options: IcapOptions): Scanner {
  const { name, url, withinMs, maxBytes } = { ...SCANNER_LIMITS, ...options };
  const address = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || ICAP_PORT };
  const ask = <T>(question: (socket: ScannerSocket) => Promise<T>): Promise<T> =>
    ScannerSocket.ask(address, withinMs, question);
  const service = async (): Promise<IcapAnswer> => {
    const answer = await ask(async (socket) => {
      await socket.write(optionsRequest(url));
      return readAnswer(socket);
    });
    if (answer.status !== OK)
      throw new Error(`answers OPTIONS with ${answer.status}; look at the name of the service`);
    if (!/\bRESPMOD\b/i.test(answer.headers.get('methods') ?? '')) throw new Error('does not offer RESPMOD');
    return answer;
  };
  const scan = async (bytes: Uint8Array): Promise<Verdict> => {
    if (bytes.length > maxBytes) return tooLarge(name, maxBytes);
    try {
      const offered = await service();
      return await ask((socket) => judge(socket, url, bytes, offered));
    } catch (error) {
      return failedScan(error);
    }
  };
  return { name, scan, check: async () => healthOf(await scan(testFile)) };
}

async function judge(
  socket: ScannerSocket,
  url: URL,
  bytes: Uint8Array,
  offered: IcapAnswer,
): Promise<Verdict> {
  const engine = engineOf(offered);
  const { head, preview } = respmod(url, bytes.length, previewOf(offered));
  const isAll = preview === bytes.length;
  const end = isAll && previewOf(offered) !== undefined ? '0; ieof\r\n\r\n' : '0\r\n\r\n';
  await socket.write(Buffer.concat([head, chunkOf(bytes.subarray(0, preview)), Buffer.from(end)]));
  let answer = await readAnswer(socket);
  if (answer.status === CONTINUE && !isAll) {
    const rest = Buffer.concat([chunkOf(bytes.subarray(preview)), Buffer.from('0\r\n\r\n')]);
    await socket.write(rest); // also where it took no more: it says why
    answer = await readAnswer(socket);
  }
  const name = nameIn(answer);
  if (name !== undefined) return { state: 'infected', name, engine };
  if (answer.status === NO_MODIFICATION) return { state: 'clean', engine };
  if (answer.status !== OK) return failedScan(`answers with ${answer.status}`, engine);
  const { httpStatus, body } = await readEncapsulated(socket, answer, bytes.length + MAX_PAGE_BYTES);
  if (httpStatus === FORBIDDEN) return { state: 'infected', engine };
  if (httpStatus === OK && equals(body, bytes)) return { state: 'clean', engine };
  return failedScan(`would not pass the file on as it is (HTTP ${httpStatus})`, engine);
}

/** Undefined where the service wants no preview. */
function previewOf({ headers }: IcapAnswer): number | undefined {
  const said = headers.get('preview');
  if (said === undefined || !/^\d{1,9}$/.test(said)) return undefined;
  return Math.min(Number(said), MAX_PREVIEW_BYTES);
}

function engineOf({ headers }: IcapAnswer): string {
  return said([headers.get('service') ?? 'ICAP', headers.get('istag') ?? ''].join(' '));
}

/** The malware that an answer names. */
function nameIn({ headers }: IcapAnswer): string | undefined {
  const found = NAMES.map((field) => headers.get(field)).find(
    (value) => value !== undefined && !/^0?$/.test(value),
  );
  if (found === undefined) return undefined;
  return said(/\bThreat=([^;]+)/i.exec(found)?.[1] ?? found);
}
