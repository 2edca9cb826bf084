/** What gaps of the policy are told from: the one in force as this node reads it, its rules, and what every other node makes of it. */
import { existsSync } from 'node:fs';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { hasSeveralWays, RuleAges, wordingOf, type GapSources, type PolicyThen } from '../gaps/index.ts';
import { homeLayout } from '../home/index.ts';
import { Controls, type Ledger } from '../ledger/index.ts';
import type { Host } from '../network/index.ts';
import { parsePolicyFile, type PastPolicy } from '../policy/index.ts';
import { askState, type ReplicaState } from '../replication/index.ts';
import type { Organisation } from './organisation.ts';
import { platform } from './platform.ts';
import type { NodeSettings } from './settings.ts';

/** Entries looked back through for the newest message. */
const MAX_LOOKED_BACK = 4_096;

/** Policies looked back at for one that can be read. */
const MAX_POLICIES = 64;

export interface WatchedPolicy {
  readonly organisation: Organisation;
  readonly settings: Pick<NodeSettings, 'home' | 'version'>;
  readonly host: Pick<Host, 'peerId' | 'open'>;
  /** Milliseconds since 1970. */
  readonly started: number;
}

export function policySources(
  watched: WatchedPolicy,
): Pick<GapSources, 'rules' | 'scanners' | 'policy' | 'nodes'> {
  const { organisation, settings, host, started } = watched;
  const { ledger, log, policing, primary } = organisation;
  const { policies, desk } = policing;
  const controls = new Controls(ledger);
  const ages = new RuleAges(
    async (before, limit) => (await desk.history(before, limit)).map(readThen),
    platform.suite.sha256,
  );
  return {
    rules: async () => {
      const current = policies.reading.hash === null ? null : policies.current;
      const since = await ages.now();
      const rules = (current?.document.rules ?? []).map((rule) => {
        const age = since.get(rule.id) ?? { time: 0, sequence: 0 };
        const wording = current && wordingOf(rule, current.document, platform.suite.sha256);
        const bitten = controls.lastBitten(rule.id);
        return {
          ...{
            id: rule.id,
            reason: rule.reason,
            on: rule.on,
            since: age.time,
            several: hasSeveralWays(rule),
          },
          hit: controls.lastHit(rule.id, age.sequence),
          trial: wording && controls.lastTrial(rule.id, wording),
          bitten: bitten === policies.number ? null : bitten,
        };
      });
      return { rules, passed: newestMessage(ledger), takesTwo: desk.underFourEyes };
    },
    scanners: () => policing.watchScanners(),
    policy: async () => {
      const [newest = null] = await desk.history(null, 1);
      const { hash } = policies.reading;
      const draft = homeLayout(settings.home.directory).policy;
      return {
        newest,
        hash,
        problem: hash === null ? problemOf(() => policies.current) : null,
        readable: hash === null ? await newestReadable(desk) : null,
        takesTwo: desk.underFourEyes,
        draft: existsSync(draft) ? draft : null,
        version: settings.version,
        began: log.entry(0)?.time ?? started,
      };
    },
    nodes: () =>
      Promise.all(
        primary.replicas(host.peerId).map(async (replica) => ({
          ...replica,
          lacks: null,
          told: replica.connected ? await told(organisation, host, replica) : null,
        })),
      ),
  };
}

type Told = Awaited<ReturnType<GapSources['nodes']>>[number]['told'];

async function told(
  { authority }: Organisation,
  host: Pick<Host, 'open'>,
  { peer }: ReplicaState,
): Promise<Told> {
  const addresses = authority.roster.nodes.find((node) => node.peer === peer)?.addresses ?? [];
  try {
    const { channel } = await host.open('replication', { peerId: peer, addresses });
    const answer = await askState(channel);
    if (answer.ok) return answer.value;
    const { code, message } = answer.refusal;
    return { silent: message, isOlder: code === 'encoding.malformed' };
  } catch (error) {
    return { silent: error instanceof Error ? error.message : String(error), isOlder: false };
  }
}

function readThen({ text, number, sequence, time }: PastPolicy): PolicyThen {
  const read = parsePolicyFile(text, `policy ${number}`);
  return { sequence, time, document: read.ok ? read.value : null };
}

function problemOf(read: () => unknown): string {
  try {
    read();
    return 'the policy in force cannot be read';
  } catch (error) {
    return error instanceof ChanceryError ? error.message : String(error);
  }
}

async function newestReadable(desk: Organisation['policing']['desk']): Promise<number | null> {
  const past = await desk.history(null, MAX_POLICIES);
  return past.find(({ text, number }) => desk.check(text, `policy ${number}`).ok)?.number ?? null;
}

/** When the newest message was archived; null where none of the newest entries is one. */
function newestMessage({ log }: Ledger): number | null {
  const from = Math.max(0, log.size - MAX_LOOKED_BACK);
  for (let sequence = log.size - 1; sequence >= from; sequence -= 1) {
    const entry = log.entry(sequence);
    if (entry?.kind === 'message') return entry.time;
  }
  return null;
}
