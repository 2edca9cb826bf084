/** Gaps, canaries and metrics of an archive node, put together. */
import type { Logger } from 'pino';
import { sodiumSigner } from '../crypto/index.ts';
import { Canary, GapWatch } from '../gaps/index.ts';
import { homeLayout, readGapRecord, writeGapRecord } from '../home/index.ts';
import { isOfPolicy, rolesOf } from '../ledger/index.ts';
import type { MetricsServer, Readings } from '../metrics/index.ts';
import type { Host } from '../network/index.ts';
import { gapSources, type Watched } from './gap-sources.ts';
import type { Organisation } from './organisation.ts';
import { platform } from './platform.ts';
import type { NodeSettings } from './settings.ts';

/** Messages counted of what waits, for a metric. */
const MAX_COUNTED = 10_000;

/** Decisions told at one scrape: those beyond it at the next. */
const MAX_DECISIONS = 5_000;

export interface GapWatching {
  readonly gaps: GapWatch;
  readonly canary: Canary;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export function openGapWatching(
  watched: Watched & {
    readonly settings: Pick<NodeSettings, 'metrics' | 'log'>;
  },
): GapWatching {
  const { organisation, settings, host } = watched;
  const { log } = settings;
  const home = homeLayout(settings.home.directory);
  const gaps = new GapWatch({
    sources: gapSources(watched),
    memory: { read: () => readGapRecord(home), write: (since) => writeGapRecord(home, since) },
    clock: platform.clock,
    log,
  });
  let metrics: MetricsServer | undefined;
  return {
    gaps,
    canary: canaryOf(organisation),
    async start() {
      gaps.start();
      metrics = await metricsOf(settings.metrics, readingsOf(organisation, host, gaps), log);
    },
    async stop() {
      await gaps.stop();
      await metrics?.stop();
    },
  };
}

function canaryOf({ domain, ledger, members, policing }: Organisation): Canary {
  const { policies, enforcement, prepare, checkScanners } = policing;
  const { suite, randomBytes, clock } = platform;
  return new Canary({
    ...{ domain, ledger, members, policies, enforcement, suite, randomBytes, clock, checkScanners },
    prepare: () => prepare([], domain),
    rolesOf: (address) => members.find(address)?.roles ?? rolesOf(ledger, address),
    signer: sodiumSigner,
  });
}

/** Metrics that cannot be served keep nothing else from going on. */
async function metricsOf(
  place: NodeSettings['metrics'],
  readings: Readings,
  log: Logger,
): Promise<MetricsServer | undefined> {
  if (place === null) return undefined;
  const { startMetrics } = await import('../metrics/index.ts'); // most nodes serve none
  try {
    return await startMetrics(place, readings, platform.steady);
  } catch (error) {
    log.error({ err: error, alarm: true, ...place }, 'metrics are not served');
    return undefined;
  }
}

function readingsOf(
  { log, partners, messages, policing, approvals }: Organisation,
  host: Pick<Host, 'peers'>,
  gaps: GapWatch,
): Readings {
  const { decisions } = policing;
  let told = log.size;
  return {
    gaps: () => gaps.last,
    entries: () => log.size,
    devicesConnected: () => {
      const devices = host.peers.filter(({ identity }) => identity.leaf.subject.kind === 'device');
      return new Set(devices.map(({ id }) => id)).size;
    },
    backlogs: async () => {
      const agreements = await partners.agreements();
      return Promise.all(
        agreements.map(async ({ domain: partner }) => ({
          partner,
          messages: await messages.backlog(partner, MAX_COUNTED),
        })),
      );
    },
    reviews: () => decisions.countOpen(MAX_COUNTED),
    enrolments: async () => (await approvals.pending()).length,
    decisions: async () => {
      const made = await decisions.since(told, MAX_DECISIONS);
      told = (made.at(-1)?.sequence ?? told - 1) + 1;
      return made.flatMap(({ decision }) =>
        decision.reasons.map(({ rule, outcome }) => ({ rule: familyOf(rule), outcome })),
      );
    },
  };
}

/** A rule of the policy by its name; of what people decided, which has a name for each time, what it is. */
function familyOf(rule: string): string {
  return isOfPolicy(rule) ? rule : rule.slice(0, rule.indexOf(':') + 1);
}
