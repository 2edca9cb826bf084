/** Reports of phishing, ours and partners', as operators and officers see them at the socket: metadata alone. */
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { ArchiveNode } from '../composition/index.ts';
import type { ReportEntry } from '../ledger/index.ts';
import { letterName } from '../reports/index.ts';
import type { OperationOutput, Operations } from './contract.ts';
import { hex, time } from './present.ts';

type Shown = OperationOutput<'report.list'>['reports'][number];

/** Messages that are named of those that are held for a report. */
const MAX_HELD = 500;

export function reportOperations(node: ArchiveNode): Pick<Operations, 'report.list' | 'report.show'> {
  const { policing, reviewing } = node.organisation;
  const { reports } = policing;
  return {
    'report.list': async ({ before, limit }) => {
      const found = await reports.all(before ?? null, limit);
      return {
        reports: found.flatMap((one) => showReport(node, one) ?? []),
        next: found.length < limit ? null : (found.at(-1)?.sequence ?? null),
      };
    },
    'report.show': async ({ entry }) => {
      const found = reports.at(entry);
      const report = found && showReport(node, found);
      if (found === undefined || report === undefined)
        throw new ChanceryError('report.unknown', `entry ${entry} is no report; see chancery report list`);
      const { review } = reviewing.reviews.at(entry);
      const held = await reports.held(entry, null, MAX_HELD + 1);
      const { act } = found;
      return {
        report,
        review:
          review === null
            ? null
            : {
                ...{ entry: review.sequence, time: time(review.time), actor: review.actor },
                ...{ outcome: review.outcome, reason: review.reason },
              },
        traits:
          act.what === 'made'
            ? { device: true, hosts: act.hosts.length, file: act.file !== null }
            : { device: false, hosts: 0, file: false },
        held: held.slice(0, MAX_HELD).map((decision) => ({
          decision,
          state: reviewing.queue.at(decision)?.review?.outcome ?? 'held',
        })),
        more: held.length > MAX_HELD,
      };
    },
  };
}

/** A line for each partner that has yet to be told of something. */
export async function untoldReports({ organisation }: ArchiveNode): Promise<string[]> {
  const { policing, partners, letters } = organisation;
  const lines: string[] = [];
  for (const { domain } of await partners.agreements()) {
    const [oldest] = await policing.reports.untold(domain, 1);
    if (oldest === undefined) continue;
    const name = letterName(oldest);
    const problem = letters.problem(domain, name);
    const why = problem === undefined ? '' : `: ${problem.message} [${problem.code}]`;
    lines.push(`${domain} is yet to be told of ${name}${why}; see chancery report list`);
  }
  return lines;
}

/** Undefined for what is about a report and none itself. */
function showReport({ organisation }: ArchiveNode, one: ReportEntry): Shown | undefined {
  const { policing, reviewing } = organisation;
  const { sequence: entry, time: at, message, actor: reporter, reason, act } = one;
  if (act.what !== 'made' && act.what !== 'received') return undefined;
  const { position, sender } = act;
  const about = { entry, time: time(at), message: hex(message), position, sender, reporter, reason };
  const outcome = reviewing.queue.at(entry)?.review?.outcome;
  const learned = policing.reports.learned(entry)?.act;
  if (act.what === 'received')
    return {
      ...about,
      what: 'received',
      state: outcome === 'seen' ? 'seen' : 'waiting',
      partner: null,
      told: null,
      verdict: learned?.what === 'learned' ? learned.outcome : null,
    };
  const state = outcome === 'confirm' ? 'confirmed' : outcome === 'dismiss' ? 'dismissed' : 'reported';
  const told = policing.reports.told(entry);
  return {
    ...{ ...about, what: 'made', state, partner: act.partner, verdict: null },
    told: told === null ? null : time(told),
  };
}
