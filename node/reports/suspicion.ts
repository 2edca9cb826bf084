/**
 * What goes with a message that was reported as phishing: held while an officer has yet to decide, blocked once it is confirmed,
 * whoever sends it and whichever way. Where nothing is under suspicion it costs a look-up or two a message.
 */
import type { Finding, Reason } from '../../protocol/policy/index.ts';
import type { Occasion } from '../intake/index.ts';
import { ruleOfReport, type Reports, type Suspected } from '../ledger/index.ts';
import { deviceTrait, fileTrait, hostTraits, type Trait } from './traits.ts';

/** Reports that are named of one message; those that are confirmed first. */
const MAX_NAMED = 16;

const TEXT = 'it goes with a message that was reported as phishing';

export class Suspicion {
  readonly #reports: Reports;
  readonly #domain: string;

  constructor(reports: Reports, domain: string) {
    this.#reports = reports;
    this.#domain = domain;
  }

  /** Why a message is held or blocked, a reason for each report; empty where nothing was reported that it goes with. */
  readonly reasons = ({ message: { content }, signer }: Occasion): readonly Reason[] => {
    const traits = [...deviceTrait(signer.publicKey), ...fileTrait(content)];
    if (this.#reports.hosts > 0) traits.push(...hostTraits(content, this.#domain));
    const found = new Map<number, { state: Suspected['state']; findings: Finding[] }>();
    for (const trait of traits) {
      for (const { report, state } of this.#reports.suspects(trait.trait, trait.value)) {
        const known = found.get(report) ?? { state, findings: [] };
        known.findings.push(findingOf(trait));
        found.set(report, known);
      }
    }
    if (found.size === 0) return NOTHING;
    return [...found]
      .sort(([, one], [, other]) => Number(other.state === 'confirmed') - Number(one.state === 'confirmed'))
      .slice(0, MAX_NAMED)
      .map(([report, { state, findings }]) => ({
        ...{ rule: ruleOfReport(report), control: 'report', text: TEXT },
        outcome: state === 'confirmed' ? 'block' : 'hold',
        ...{ findings, found: findings.length },
      }));
  };
}

const NOTHING: readonly Reason[] = [];

function findingOf({ trait, place, start, end }: Trait): Finding {
  return { type: 'report', kind: trait, place, start, end };
}
