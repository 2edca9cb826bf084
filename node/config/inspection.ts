/** What a configuration says of looking into files: the programs that look for malware. */
import { z } from 'zod';
import type { ScannerAddress } from '../inspection/index.ts';

const MAX_SCANNERS = 8;

const CLAMD = /^(?:(?<path>\/.+)|(?<host>[^:\s]+|\[[0-9a-fA-F:]+\]):(?<port>\d{1,5}))$/;

const clamd = z
  .string()
  .max(256)
  .refine((text) => CLAMD.test(text), 'is neither the path of a socket nor host:port')
  .meta({ examples: ['/run/clamav/clamd.ctl'] });

const icap = z
  .string()
  .max(512)
  .refine((text) => isIcap(text), 'is not like icap://scanner.example:1344/avscan')
  .meta({ examples: ['icap://scanner.example:1344/avscan'] });

const scanner = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(64)
      .meta({ examples: ['clamav'] })
      .describe('What it is called in findings.'),
    clamd: clamd.optional().describe('ClamAV’s clamd: the path of its socket, or host:port.'),
    icap: icap.optional().describe('An ICAP service (RFC 3507).'),
  })
  .refine(
    ({ clamd: one, icap: other }) => (one === undefined) !== (other === undefined),
    'needs clamd or icap, one of them',
  );

export const inspectionSchema = z.strictObject({
  scanners: z
    .array(scanner)
    .max(MAX_SCANNERS)
    .default([])
    .describe(
      'Programs that look for malware in every file, both ways. A file that one of them could not look at is unscanned.',
    ),
});

/** A program that looks for malware, and where it answers. */
export type ScannerSetting = { readonly name: string } & (
  { readonly clamd: ScannerAddress } | { readonly icap: URL }
);

export function scannersOf({ scanners }: z.output<typeof inspectionSchema>): readonly ScannerSetting[] {
  return scanners.flatMap(({ name, clamd: address, icap: url }): ScannerSetting[] => {
    if (address !== undefined) return [{ name, clamd: addressOf(address) }];
    return url === undefined ? [] : [{ name, icap: new URL(url) }];
  });
}

function addressOf(text: string): ScannerAddress {
  const { path, host = '', port = '' } = CLAMD.exec(text)?.groups ?? {};
  return path === undefined ? { host: host.replace(/^\[|\]$/g, ''), port: Number(port) } : { path };
}

function isIcap(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'icap:';
}
