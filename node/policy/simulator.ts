/**
 * Simulations as officers ask for them, a step at a time. Guarantees: officers only; who asks, why, and which policy they try on
 * what, is an entry of the log before anything is looked at, and the entries that are named are one before they are told.
 */
import { setImmediate } from 'node:timers/promises';
import { toString } from 'uint8arrays/to-string';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Policy } from '../../protocol/policy/index.ts';
import { entriesWithin, type LogRecord } from '../archive/index.ts';
import { assertOfficer } from '../custody/index.ts';
import type { Accesses, AccessRecord, Members } from '../ledger/index.ts';
import type { PolicyKeeper } from './policy-keeper.ts';
import { Simulation, type Simulated, type SimulationSources } from './simulation.ts';

const DAY_MS = 86_400_000;

/** Simulations under way; the one that was asked about least of late makes room. */
const MAX_RUNS = 4;

/** Milliseconds of one step, and between looks at what else the node has to do. */
const STEP_MS = 1_000;
const TURN_MS = 20;

/** Records read at a time. */
const PAGE = 256;

export interface SimulatorOptions extends SimulationSources {
  readonly members: Members;
  readonly accesses: Accesses;
  readonly policies: PolicyKeeper;
  /** Brings what is known of domains and names up to date. */
  readonly refresh: () => Promise<void>;
}

/** What is tried, by whom, and why. */
export interface Trying {
  readonly policy: Policy;
  readonly text: string;
  readonly days: number;
  readonly actor: string;
  readonly purpose: string;
}

export interface SimulationStep {
  /** Entries looked at, out of how many, and messages among them that were tried. */
  readonly at: number;
  readonly of: number;
  readonly replayed: number;
  /** Null while there is more to do. */
  readonly outcome: Simulated | null;
}

interface Run {
  readonly simulation: Simulation;
  readonly look: AccessRecord;
  readonly from: number;
  readonly to: number;
  next: number;
}

export class Simulator {
  readonly #options: SimulatorOptions;
  readonly #runs = new Map<string, Run>();
  #begun = 0;

  constructor(options: SimulatorOptions) {
    this.#options = options;
  }

  /** Records that a policy is tried on the messages of the last days. Returns the name of the run. Throws `officer.required`, `archive.*`. */
  async begin({ policy, text, days, actor, purpose }: Trying): Promise<string> {
    const { ledger, members, accesses, policies, suite, refresh } = this.#options;
    assertOfficer(members, actor);
    const { log } = ledger;
    const since = Math.max(0, log.now - days * DAY_MS);
    const [from, to] = entriesWithin(log, log.size, { since, until: null });
    const hash = toString(suite.sha256(new TextEncoder().encode(text)), 'hex');
    const query = `the policy with SHA-256 ${hash} tried on entries ${from} to ${to}`;
    const look = { actor, device: null, action: 'find', purpose, case: '', query } as const;
    await accesses.record({ ...look, entries: [] });
    await refresh();
    const simulation = new Simulation(this.#options, policies.current, policy);
    this.#begun += 1;
    const name = `simulation-${this.#begun}`;
    const [oldest] = this.#runs.keys();
    if (this.#runs.size >= MAX_RUNS && oldest !== undefined) this.#runs.delete(oldest);
    this.#runs.set(name, { simulation, look: { ...look, entries: [] }, from, to, next: from });
    return name;
  }

  /** Goes on for a while, between all else that the node does. Throws `request.invalid` for a run that is over, and `archive.*`. */
  async step(name: string): Promise<SimulationStep> {
    const run = this.#runs.get(name);
    if (run === undefined)
      throw new ChanceryError('request.invalid', `no simulation ${name} is under way; begin it anew`);
    this.#runs.delete(name); // nobody else steps it meanwhile, and it is the newest afterwards
    await this.#goOn(run);
    const { simulation, from, to, next } = run;
    const progress = { at: next - from, of: to - from, replayed: simulation.replayed };
    if (next < to) {
      this.#runs.set(name, run);
      return { ...progress, outcome: null };
    }
    const outcome = simulation.result;
    const entries = outcome.first.map(({ entry }) => entry);
    if (entries.length > 0) await this.#options.accesses.record({ ...run.look, entries });
    return { ...progress, outcome };
  }

  async #goOn(run: Run): Promise<void> {
    const { steady } = this.#options;
    const until = steady() + STEP_MS;
    let turn = steady() + TURN_MS;
    while (run.next < run.to) {
      for (const record of await this.#read(run)) {
        await run.simulation.take(record);
        run.next = record.sequence + 1;
        if (steady() >= until) return;
        if (steady() < turn) continue;
        await setImmediate();
        turn = steady() + TURN_MS;
      }
    }
  }

  /** The next records; none where the next one is damaged, which is passed over. */
  async #read(run: Run): Promise<readonly LogRecord[]> {
    const { log } = this.#options.ledger;
    try {
      return await log.read(run.next, Math.min(PAGE, run.to - run.next));
    } catch (error) {
      if (!(error instanceof ChanceryError && error.code === 'archive.damaged')) throw error;
      run.simulation.takeDamaged();
      run.next += 1;
      return [];
    }
  }
}
