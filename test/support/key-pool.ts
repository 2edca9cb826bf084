/**
 * DNSSEC keys made once by `dnssec-keygen` and lent to any number of zones: a key does not know its zone, only its file
 * does, so hundreds of zones need no more than a few keys.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { digestedBytes, keyTagOf } from '../../protocol/dnssec/index.ts';

const run = promisify(execFile);

const MADE_FOR = 'pool.example';
const REVOKED = 0x80;

export type AlgorithmName =
  'NSEC3RSASHA1' | 'RSASHA256' | 'RSASHA512' | 'ECDSAP256SHA256' | 'ECDSAP384SHA384' | 'ED25519' | 'ED448';

/** Which key of the pool, and how it stands in the zone. */
export interface KeyUse {
  readonly algorithm: AlgorithmName;
  /** Whether it opens the zone (SEP), or signs in it. */
  readonly entry: boolean;
  /** Keys of one algorithm and purpose are told apart by a number. */
  readonly number?: number;
  /** Listed among the zone's keys, but signs nothing. */
  readonly idle?: boolean;
  readonly revoked?: boolean;
}

interface PoolKey {
  readonly private: string;
  readonly rdata: Uint8Array;
}

const DIGESTS = { 1: 'sha1', 2: 'sha256', 4: 'sha384' } as const;

export class KeyPool {
  readonly #folder: string;
  readonly #keys = new Map<string, Promise<PoolKey>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The key's line for the zone file; with a file name for `dnssec-signzone` where it signs. */
  async lend(use: KeyUse, zone: string, folder: string): Promise<{ line: string; file: string }> {
    const key = await this.#key(use);
    const rdata = rdataOf(key, use);
    const base64 = Buffer.from(rdata.subarray(4)).toString('base64');
    const flags = (rdata[0]! << 8) | rdata[1]!;
    const line = `${absolute(zone)} IN DNSKEY ${flags} 3 ${rdata[3]!} ${base64}`;
    const [number, tag] = [String(rdata[3]).padStart(3, '0'), String(keyTagOf(rdata)).padStart(5, '0')];
    const file = join(folder, `K${absolute(zone)}+${number}+${tag}`);
    await writeFile(`${file}.key`, `${line}\n`);
    await copyFile(key.private, `${file}.private`);
    return { line, file };
  }

  /** The DS record with which the parent names the key; `change` spoils its digest. */
  async delegation(
    use: KeyUse,
    zone: string,
    digestType: keyof typeof DIGESTS = 2,
    change: (digest: Buffer) => Buffer = (digest) => digest,
  ): Promise<string> {
    const rdata = rdataOf(await this.#key(use), use);
    const digest = createHash(DIGESTS[digestType]).update(digestedBytes(zone, rdata)).digest();
    return `${absolute(zone)} IN DS ${keyTagOf(rdata)} ${rdata[3]!} ${digestType} ${change(digest).toString('hex')}`;
  }

  #key({ algorithm, entry, number = 0 }: KeyUse): Promise<PoolKey> {
    const name = `${algorithm} ${entry} ${number}`;
    let key = this.#keys.get(name);
    if (key === undefined) {
      key = this.#make(algorithm, entry);
      this.#keys.set(name, key);
    }
    return key;
  }

  async #make(algorithm: AlgorithmName, entry: boolean): Promise<PoolKey> {
    const size = algorithm.includes('RSA') ? ['-b', '2048'] : [];
    const kind = entry ? ['-f', 'KSK'] : [];
    const args = ['-q', '-K', this.#folder, '-a', algorithm, ...size, ...kind, '-n', 'ZONE', MADE_FOR];
    const { stdout } = await run('dnssec-keygen', args);
    const file = join(this.#folder, stdout.trim());
    const [, flags, , number, base64] =
      /DNSKEY (\d+) (\d+) (\d+) (.+)$/m.exec(await readFile(`${file}.key`, 'utf8')) ?? [];
    const head = Buffer.from([Number(flags) >> 8, Number(flags) & 0xff, 3, Number(number)]);
    return {
      private: `${file}.private`,
      rdata: Buffer.concat([head, Buffer.from((base64 ?? '').replaceAll(' ', ''), 'base64')]),
    };
  }
}

function rdataOf({ rdata }: PoolKey, { revoked = false }: KeyUse): Uint8Array {
  return revoked ? rdata.with(1, rdata[1]! | REVOKED) : rdata;
}

export function absolute(zone: string): string {
  return zone === '.' ? '.' : `${zone}.`;
}
