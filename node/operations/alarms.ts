/** What an operator has to see to at once: what stopped our log, and what is wrong with a partner's. */
import { spanText, type ArchiveLog, type Verifier } from '../archive/index.ts';
import type { FilesVerifier } from '../attachments/index.ts';
import type { ArchiveNode } from '../composition/index.ts';
import type { OperationOutput } from './contract.ts';

type Alarm = OperationOutput<'status'>['alarms'][number];

/** Files that are named one by one. */
const MAX_FILE_ALARMS = 20;

/** Gaps that are alarms one by one: all of them are in `chancery gaps`. */
const MAX_GAP_ALARMS = 20;

const WRONG = {
  fork: 'signed two roots of one size of its log',
  unproven: 'showed no proof that its log goes on from what was cosigned',
  shrunk: 'showed its log smaller than it was cosigned',
} as const;

export async function alarmsOf(node: ArchiveNode): Promise<Alarm[]> {
  return [...(await logAlarmsOf(node)), ...fileAlarmsOf(node.filesVerifier), ...gapAlarmsOf(node.gaps)];
}

/** Critical gaps, as the last look found them. */
function gapAlarmsOf({ last }: Pick<ArchiveNode['gaps'], 'last'>): Alarm[] {
  return last
    .filter(({ severity }) => severity === 'critical')
    .slice(0, MAX_GAP_ALARMS)
    .map(({ text, mend }) => ({ code: 'gaps.critical', message: `${text}; mend: ${mend}` }));
}

/** Files of messages that are missing or were changed, the first of them; what is to be done is the same for all. */
export function fileAlarmsOf({ findings }: Pick<FilesVerifier, 'findings'>): Alarm[] {
  const alarms = findings.slice(0, MAX_FILE_ALARMS).map(({ sequence, problem }) => ({
    code: 'archive.damaged',
    message: `entry ${sequence}: ${problem}`,
  }));
  const more = findings.length - alarms.length;
  return more === 0
    ? alarms
    : [...alarms, { code: 'archive.damaged', message: `and the files of ${more} more messages` }];
}

/** The same without the files of messages. */
export async function logAlarmsOf({ organisation, reconciling, verifier }: ArchiveNode): Promise<Alarm[]> {
  const { log, witnessing } = organisation;
  const alarms = damageOf(log, verifier);
  for (const { message } of organisation.custody.overdue) alarms.push({ code: 'archive.overdue', message });
  for (const { sequence, problem } of organisation.retaining.retention.tampered) {
    const message = `somebody went round this program at entry ${sequence}: ${problem}`;
    alarms.push({ code: 'archive.tampered', message });
  }
  const wrong = new Map<string, Alarm>();
  for (const { sequence, evidence } of await witnessing.evidence.all()) {
    const { domain, kind } = evidence;
    if (sequence < (witnessing.losses.acceptedOf(domain) ?? 0)) continue; // an operator has seen to it
    const message = `${domain} ${WRONG[kind]}; see chancery archive evidence`;
    wrong.set(`${domain} ${kind}`, { code: `checkpoint.${kind}`, message });
  }
  for (const { evidence } of await reconciling.evidence.all()) {
    const { domain } = evidence;
    const message = `${domain} signed receipts that its log contradicts; run chancery archive reconcile ${domain}`;
    wrong.set(`${domain} receipt`, { code: 'receipt.contradicted', message });
  }
  return [...alarms, ...wrong.values()];
}

/** What is wrong with this node's own copy of the log. */
export function damageOf(
  { stopped }: Pick<ArchiveLog, 'stopped'>,
  { last }: Pick<Verifier, 'last'>,
): Alarm[] {
  const files = (last?.files ?? []).map(({ file, problem, span }) => ({
    code: 'archive.damaged',
    message: `${file}: ${problem}; hit are ${spanText(span)}`,
  }));
  return stopped === undefined ? files : [{ code: stopped.code, message: stopped.message }, ...files];
}
