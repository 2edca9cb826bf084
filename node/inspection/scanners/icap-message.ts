/** Messages of ICAP (RFC 3507): what is asked, and what is answered. Bounded: no answer takes more room than its limits. */
import type { ScannerSocket } from './scanner-socket.ts';

/** Bytes of the headers of an answer, ICAP's and HTTP's each. */
const MAX_HEADER_BYTES = 16 * 1024;

const MAX_CHUNK_LINE_BYTES = 256;

export interface IcapAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

/** What an answer carries along: HTTP's answer as it was, or as it was made (4.9). */
export interface Encapsulated {
  readonly httpStatus: number;
  readonly body: Uint8Array;
}

/** The file as an answer to a made-up question, behind the headers of ICAP: 4.9.2. */
export function respmod(
  url: URL,
  length: number,
  preview: number | undefined,
): { readonly head: Uint8Array; readonly preview: number } {
  const request = `GET http://attachment.invalid/file HTTP/1.1\r\nHost: attachment.invalid\r\n\r\n`;
  const response = `HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${length}\r\n\r\n`;
  const bodyAt = request.length + response.length;
  const fields = [
    `RESPMOD ${urlOf(url)} ICAP/1.0`,
    `Host: ${url.host}`,
    'User-Agent: chancery',
    'Connection: close',
    'Allow: 204',
    ...(preview === undefined ? [] : [`Preview: ${preview}`]),
    `Encapsulated: req-hdr=0, res-hdr=${request.length}, res-body=${bodyAt}`,
  ];
  return {
    head: Buffer.from(`${fields.join('\r\n')}\r\n\r\n${request}${response}`, 'latin1'),
    preview: Math.min(preview ?? length, length),
  };
}

export function optionsRequest(url: URL): Uint8Array {
  const fields = [
    `OPTIONS ${urlOf(url)} ICAP/1.0`,
    `Host: ${url.host}`,
    'User-Agent: chancery',
    'Connection: close',
  ];
  return Buffer.from(`${fields.join('\r\n')}\r\n\r\n`, 'latin1');
}

function urlOf(url: URL): string {
  return `icap://${url.host}${url.pathname}${url.search}`;
}

/** One chunk of a body; nothing for no bytes, since that would end it. */
export function chunkOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return bytes;
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

/** Throws where it is no answer of ICAP. */
export async function readAnswer(socket: ScannerSocket): Promise<IcapAnswer> {
  const text = (await socket.readUntil('\r\n\r\n', MAX_HEADER_BYTES)).toString('latin1');
  const [first = '', ...lines] = text.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n'); // folded lines are one
  const [, status] = /^ICAP\/1\.\d (\d{3})( |$)/.exec(first) ?? [];
  if (status === undefined) throw new Error('the answer is not of ICAP');
  return { status: Number(status), headers: headersOf(lines) };
}

/** What comes behind the headers of an answer. Throws where it is malformed, or its body has more than `maxBytes`. */
export async function readEncapsulated(
  socket: ScannerSocket,
  { headers }: IcapAnswer,
  maxBytes: number,
): Promise<Encapsulated> {
  const sections = (headers.get('encapsulated') ?? '').split(',').map((part) => part.trim().split('='));
  const at = (name: string): number | undefined => {
    const offset = sections.find(([section]) => section === name)?.[1];
    return offset === undefined ? undefined : Number(offset);
  };
  const bodyAt = at('res-body') ?? at('null-body');
  const headAt = at('res-hdr');
  if (headAt === undefined || bodyAt === undefined || !(bodyAt > headAt) || bodyAt > 2 * MAX_HEADER_BYTES)
    throw new Error('the answer carries no answer of HTTP along');
  const head = (await socket.readBytes(bodyAt)).subarray(headAt).toString('latin1');
  const [, status] = /^HTTP\/1\.\d (\d{3})\b/.exec(head) ?? [];
  if (status === undefined) throw new Error('the answer carries no answer of HTTP along');
  const body = at('res-body') === undefined ? new Uint8Array() : await readChunks(socket, maxBytes);
  return { httpStatus: Number(status), body };
}

async function readChunks(socket: ScannerSocket, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (let total = 0; ;) {
    const line = (await socket.readUntil('\r\n', MAX_CHUNK_LINE_BYTES)).toString('latin1');
    const [, hex] = /^([0-9a-f]{1,8})\s*(;.*)?$/i.exec(line) ?? [];
    if (hex === undefined) throw new Error('a chunk of the answer has no length');
    const length = Number.parseInt(hex, 16);
    if (length === 0) return Buffer.concat(chunks);
    total += length;
    if (total > maxBytes) throw new Error('the answer is longer than the file that was asked about');
    chunks.push(Buffer.from(await socket.readBytes(length)));
    await socket.readBytes(2);
  }
}

function headersOf(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, Math.max(colon, 0)).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}
