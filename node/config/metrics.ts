/** What a configuration says of metrics: where they are served, on this machine alone. */
import { isIPv6 } from 'node:net';
import { z } from 'zod';

/** An address of this machine that nobody else reaches. */
const LOOPBACK = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]):(\d{1,5})$/;

export const metricsSchema = z.strictObject({
  listen: z
    .string()
    .max(64)
    .refine(
      (text) => placeOf(text) !== undefined,
      'is not a loopback address with a port: metrics are served to this machine alone',
    )
    .meta({ examples: ['127.0.0.1:9464'] })
    .optional()
    .describe('Where metrics are served in the OpenMetrics format, under /metrics. Left out: nowhere.'),
});

/** Where a configuration has metrics served; null for nowhere. */
export function metricsPlaceOf({
  listen,
}: z.output<typeof metricsSchema>): { readonly host: string; readonly port: number } | null {
  return listen === undefined ? null : (placeOf(listen) ?? null);
}

function placeOf(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, address = '', digits = ''] = LOOPBACK.exec(text) ?? [];
  const host = address.replace(/^\[|\]$/g, '');
  const port = Number(digits);
  const isAddress = isIPv6(host) || host.split('.').every((part) => Number(part) < 256);
  return host !== '' && isAddress && port > 0 && port < 65_536 ? { host, port } : undefined;
}
