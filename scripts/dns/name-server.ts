/** A small authoritative name server over UDP and TCP on the loopback address. It frames; the tree answers. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket as TcpSocket } from 'node:net';
import {
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  TRUNCATED_RESPONSE,
  type Answer as PacketAnswer,
} from 'dns-packet';
import { TYPE } from '../../protocol/dnssec/index.ts';

const HOST = '127.0.0.1';
const TTL = 300;

/** Largest answer over UDP without and with EDNS (RFC 1035, RFC 6891), in bytes. */
const PLAIN_UDP_BYTES = 512;
const EDNS_UDP_BYTES = 1232;

/** How often a port that TCP got is tried for UDP before giving up. */
const PORT_ATTEMPTS = 10;

const TYPE_NUMBERS: Readonly<Record<string, number>> = { ...TYPE, A: 1, NS: 2, SOA: 6, NSEC: 47 };
const RCODES = { NOERROR: 0, NXDOMAIN: 3, REFUSED: 5 } as const;

export interface Question {
  readonly name: string;
  readonly type: number;
  /** Whether signatures are asked for. */
  readonly dnssec: boolean;
}

export interface ServedRecord {
  readonly name: string;
  readonly type: number;
  readonly rdata: Uint8Array;
}

export interface Answer {
  readonly rcode: keyof typeof RCODES;
  readonly answers: readonly ServedRecord[];
  readonly authorities: readonly ServedRecord[];
}

export interface NameServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  stop(): Promise<void>;
}

type Answerer = (question: Question) => Answer;

export async function serveNames(answer: Answerer, port: number): Promise<NameServer> {
  const connections = new Set<TcpSocket>();
  const tcp = createServer((connection) => {
    connections.add(connection);
    connection.on('error', () => connection.destroy());
    connection.on('close', () => connections.delete(connection));
    answerStream(connection, answer);
  });
  const udp = await listen(tcp, port);
  udp.on('message', (message, from) => {
    const reply = respond(message, answer, 'udp');
    if (reply !== undefined) udp.send(reply, from.port, from.address);
  });
  return {
    address: `${HOST}:${udp.address().port}`,
    async stop() {
      udp.close();
      tcp.close();
      for (const connection of connections) connection.destroy();
      await once(tcp, 'close');
    },
  };
}

/** Over TCP each message has its length before it (RFC 1035, section 4.2.2). */
function answerStream(connection: TcpSocket, answer: Answerer): void {
  let got = Buffer.alloc(0);
  connection.on('data', (chunk: Buffer) => {
    got = Buffer.concat([got, chunk]);
    while (got.length >= 2 && got.length >= 2 + got.readUInt16BE(0)) {
      const end = 2 + got.readUInt16BE(0);
      const reply = respond(got.subarray(2, end), answer, 'tcp');
      got = got.subarray(end);
      if (reply === undefined) {
        connection.destroy();
        return;
      }
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      connection.write(Buffer.concat([length, reply]));
    }
  });
}

/** Binds both transports to one port. */
async function listen(tcp: Server, port: number): Promise<Socket> {
  for (let attempt = 1; ; attempt++) {
    tcp.listen(port, HOST);
    await once(tcp, 'listening');
    const udp = createSocket('udp4');
    try {
      udp.bind((tcp.address() as AddressInfo).port, HOST);
      await once(udp, 'listening');
      return udp;
    } catch (error) {
      tcp.close();
      await once(tcp, 'close');
      if (port !== 0 || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

/** The reply to one query; `undefined` if it is not a query with one question. */
function respond(message: Buffer, answer: Answerer, over: 'udp' | 'tcp'): Buffer | undefined {
  try {
    const query = decode(message);
    const question = query.questions?.[0];
    if (query.type !== 'query' || question === undefined || query.questions?.length !== 1) return undefined;
    const edns = query.additionals?.find((record) => record.type === 'OPT');
    const dnssec = edns?.flag_do === true;
    const type = TYPE_NUMBERS[question.type] ?? 0;
    const { rcode, answers, authorities } = answer({ name: question.name, type, dnssec });
    const packet = {
      type: 'response' as const,
      id: query.id,
      flags: AUTHORITATIVE_ANSWER | RCODES[rcode],
      questions: [question],
      answers: answers.map(toPacket),
      authorities: authorities.map(toPacket),
      additionals: edns === undefined ? [] : [{ ...edns, udpPayloadSize: EDNS_UDP_BYTES, options: [] }],
    };
    const whole = encode(packet);
    const limit = edns === undefined ? PLAIN_UDP_BYTES : Math.min(edns.udpPayloadSize, EDNS_UDP_BYTES);
    if (over === 'tcp' || whole.length <= limit) return whole;
    return encode({ ...packet, flags: packet.flags | TRUNCATED_RESPONSE, answers: [], authorities: [] });
  } catch {
    return undefined;
  }
}

/** dns-packet writes the rdata of a type that it does not know as it is given. */
function toPacket({ name, type, rdata }: ServedRecord): PacketAnswer {
  return { name, type: `UNKNOWN_${type}`, ttl: TTL, data: Buffer.from(rdata) } as unknown as PacketAnswer;
}
