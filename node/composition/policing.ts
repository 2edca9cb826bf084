/** Policy put together: the one in force, what it knows of people and domains, and where it decides. */
import type { Logger } from 'pino';
import type { Person } from '../../protocol/wire/index.ts';
import type { IncomingFiles, SealedFiles } from '../attachments/index.ts';
import type { ScannerSetting } from '../config/index.ts';
import {
  clamdScanner,
  FileFindings,
  icapScanner,
  InspectionPool,
  ScannerWatch,
  type ScannerHealth,
  type Scanner,
} from '../inspection/index.ts';
import {
  knownDomains,
  knownMembers,
  lookalikeName,
  lookalikePartner,
  type KnownDomains,
  type KnownMembers,
} from '../../protocol/lookalike/index.ts';
import type { WatchedScanner } from '../gaps/index.ts';
import { floorPolicy, type FileRules, type IntakeOptions } from '../intake/index.ts';
import {
  Accesses,
  Decisions,
  isContact,
  Reports,
  rolesOf,
  type Ledger,
  type Member,
  type Members,
  type Messages,
  type Partners,
  type Signers,
} from '../ledger/index.ts';
import {
  Enforcement,
  InspectedFiles,
  PastFiles,
  PolicyDesk,
  PolicyKeeper,
  Simulator,
  waitsWith,
  type PlannerOptions,
  type TalkSources,
} from '../policy/index.ts';
import { Suspicion } from '../reports/index.ts';
import { refuseDeclined } from '../review/index.ts';
import { platform } from './platform.ts';

/** Milliseconds for which the list of our partners is good enough to hold others against. */
const KNOWN_MS = 10_000;

/** Milliseconds for each step of a scanner that is tried: an operator waits for the answer. */
const CHECK_WITHIN_MS = 5_000;

export interface PolicingOptions {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly members: Members;
  readonly partners: Partners;
  readonly messages: Messages;
  readonly signers: Signers;
  readonly messageBytes: number;
  readonly files: FileRules;
  readonly incoming: IncomingFiles;
  readonly sealedFiles: SealedFiles;
  /** What looks for malware in files. */
  readonly scanners: readonly ScannerSetting[];
  readonly log: Logger;
}

export interface Policing {
  readonly policies: PolicyKeeper;
  readonly decisions: Decisions;
  readonly enforcement: Enforcement;
  readonly desk: PolicyDesk;
  readonly simulator: Simulator;
  /** Whether each scanner that is set up looks: by the test file where it was not seen to find that of late. Never rejects. */
  readonly watchScanners: () => Promise<readonly WatchedScanner[]>;
  /** Puts the file that all scanners find to each that is set up. Never rejects. */
  readonly checkScanners: () => Promise<readonly WatchedScanner[]>;
  /** What a plan of another policy is made from. */
  readonly planning: PlannerOptions;
  readonly reports: Reports;
  /** Whom somebody of a partner imitates, by their domain or their name: a domain or an address; null where nobody. */
  readonly imitated: (person: Pick<Person, 'address' | 'name' | 'domain'>) => Promise<string | null>;
  readonly prepare: NonNullable<IntakeOptions['prepare']>;
  readonly settled: NonNullable<IntakeOptions['settled']>;
  readonly stop: () => Promise<void>;
}

export function openPolicing(options: PolicingOptions): Policing {
  const { domain, ledger, members, partners, messages, signers, messageBytes, files, log } = options;
  const { incoming, sealedFiles, scanners } = options;
  const { clock, steady, suite } = platform;
  const policies = new PolicyKeeper(ledger, suite.sha256);
  const known = new Acquainted(options);
  const pool = new InspectionPool();
  const inspect = pool.inspect.bind(pool);
  const findings = new FileFindings({
    inspect: async (bytes, declared) => {
      const { current } = policies;
      return inspect(bytes, declared, current === null ? [] : [current.document]);
    },
    scanners: scanners.map((setting) => scannerOf(setting)),
    now: steady,
  });
  const watch = new ScannerWatch(
    scanners.map((setting) => scannerOf(setting, { withinMs: CHECK_WITHIN_MS })),
    steady,
  );
  const inspected = new InspectedFiles({ findings, incoming });
  const sources: TalkSources = {
    domain,
    clock,
    rolesOf: (address) => members.find(address)?.roles ?? rolesOf(ledger, address),
    levelOf: (other) => partners.organisation(other)?.level ?? 'none',
    isContact: (member, person) => isContact(ledger, member, person),
    knownDomains: () => known.domains,
    knownMembers: () => known.names,
    fileOf: (content) => inspected.of(content),
  };
  const reports = new Reports(ledger);
  const suspicion = new Suspicion(reports, domain);
  const enforcement = new Enforcement({
    ...{ ledger, messages, policies, sources, inspected, log },
    besides: (occasion) => [
      ...refuseDeclined(ledger, occasion),
      ...suspicion.reasons(occasion),
      ...waitsWith(ledger, occasion),
    ],
    floor: floorPolicy({ domain, members, partners, messageBytes, files }),
  });
  const decisions = new Decisions(ledger);
  return {
    policies,
    decisions,
    enforcement,
    desk: new PolicyDesk({ ledger, policies, sha256: suite.sha256 }),
    simulator: new Simulator({
      ...{ ledger, messages, signers, members, policies, sources, suite, steady },
      files: new PastFiles({ files: sealedFiles, inspect }),
      accesses: new Accesses(ledger),
      refresh: () => known.refresh(),
    }),
    watchScanners: async () => (await watch.look()).map(watched),
    checkScanners: async () => (await watch.prove()).map(watched),
    planning: { members, messages, sources, sha256: suite.sha256 },
    reports,
    imitated: async ({ address, name, domain: theirs }) => {
      await known.refresh();
      if (theirs === domain) return null;
      const like = lookalikePartner(theirs, known.domains) ?? lookalikeName(name, address, known.names);
      return like?.of ?? null;
    },
    prepare: async (received, source) => {
      if (policies.number === 0) return; // one that cannot be read is for the decision to say
      await known.refresh();
      await inspected.look(received, source);
    },
    settled: (received) => inspected.release(received),
    stop: () => pool.stop(),
  };
}

function scannerOf(setting: ScannerSetting, limits: { readonly withinMs?: number } = {}): Scanner {
  const { name } = setting;
  return 'clamd' in setting
    ? clamdScanner({ name, address: setting.clamd, ...limits })
    : icapScanner({ name, url: setting.icap, ...limits });
}

function watched({ name, health }: ScannerHealth): WatchedScanner {
  return { name, problem: health.ok ? null : health.reason };
}

/** Our domains and people as an index: made anew when somebody came or went, and once in a while for our partners. */
class Acquainted {
  readonly #options: PolicingOptions;
  domains: KnownDomains;
  names: KnownMembers;
  #members: readonly Member[] | undefined;
  #looked = -Infinity;

  constructor(options: PolicingOptions) {
    this.#options = options;
    this.domains = knownDomains([options.domain]);
    this.names = knownMembers([]);
  }

  async refresh(): Promise<void> {
    const { members, partners, domain } = this.#options;
    const listed = await members.list();
    if (listed !== this.#members) {
      this.#members = listed;
      this.names = knownMembers(listed.filter(({ state }) => state === 'active'));
    }
    const now = platform.clock();
    if (Math.abs(now - this.#looked) < KNOWN_MS) return;
    this.#looked = now;
    const agreed = await partners.agreements();
    const first = agreed.toSorted((one, other) => one.since - other.since);
    this.domains = knownDomains([domain, ...first.map((agreement) => agreement.domain)]);
  }
}
