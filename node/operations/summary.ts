/** What an entry records, in one line for a person. */
import { caseEventText } from '../../protocol/archive/index.ts';
import { FACT_NAMES, evidenceOf, type KnownFacts } from '../../protocol/device/index.ts';
import { decodeMessage } from '../../protocol/message/index.ts';
import { describeAsked, readAct } from '../../protocol/oversight/index.ts';
import { readReceipt } from '../../protocol/statement/index.ts';
import { platform } from '../composition/index.ts';
import { recordOf, type RecordKind } from '../ledger/index.ts';
import { hex, time } from './present.ts';

const CHANGES = {
  created: 'the organisation was created',
  'statement-renewed': 'the statement certificate was renewed',
  'issuer-rotated': 'another issuer is in force',
  'root-prepared': 'the next root was prepared',
  'root-rotated': 'the next root took over',
  'root-revoked': 'the root was revoked, and another one is in force',
} as const;

export function summarise(kind: RecordKind, content: Uint8Array): string {
  switch (kind) {
    case 'message':
      return summariseMessage(content);
    case 'receipt': {
      const { from, statement } = recordOf('receipt', content);
      const receipt = readReceipt(statement);
      if (!receipt.ok) return `receipt from ${from}`;
      const { archived, refused } = receipt.value;
      return `${from} archived ${archived.length} and refused ${refused.length}`;
    }
    case 'refusal': {
      const { from, code, text } = recordOf('refusal', content);
      return `refused a message from ${from}: ${text} [${code}]`;
    }
    case 'certificate':
      return 'a signing device seen for the first time';
    case 'news':
      return recordOf('news', content)
        .news.map(({ what, severity, person, domain, before, after }) => {
          const change = before === '' ? after : `${before} → ${after}`;
          return `${severity}: ${what} of ${person?.address ?? domain}: ${change}`;
        })
        .join('; ');
    case 'disowned': {
      const { partner, actor, reason } = recordOf('disowned', content);
      return `${actor}: a checkpoint of ours that ${partner} holds is disowned: ${reason}`;
    }
    case 'epoch': {
      const { number, primary, actor, reason } = recordOf('epoch', content);
      const why = reason === '' ? '' : `: ${reason}`;
      return `${actor}: node ${primary} is the primary of the archive, epoch ${number}${why}`;
    }
    case 'roster-forgotten': {
      const { domain, actor } = recordOf('roster-forgotten', content);
      return `${actor}: ${domain} has changed hands; its roster from before counts no more`;
    }
    case 'member': {
      const { address, name, roles, state, reason, actor } = recordOf('member', content);
      const why = reason === '' ? '' : `: ${reason}`;
      return `${actor}: ${name} <${address}> (${roles.join(', ')}) is ${state}${why}`;
    }
    case 'device': {
      const { address, label, serial, revoked } = recordOf('device', content);
      return `device ${label} (${serial}) of ${address} ${revoked === null ? 'certified' : 'revoked'}`;
    }
    case 'device-report': {
      const { address, known } = recordOf('device-report', content);
      return `a device of ${address} reports ${describeFacts(known)}`;
    }
    case 'loss': {
      const { size, until, actor, reason } = recordOf('loss', content);
      return `${actor}: ${until - size} entries are lost, from ${size} on: ${reason}`;
    }
    case 'loss-accepted': {
      const { log, size, actor, reason } = recordOf('loss-accepted', content);
      return `${actor}: the log of ${log} lost what it had beyond ${size} entries: ${reason}`;
    }
    case 'device-wipe':
      return `a revoked device of ${recordOf('device-wipe', content).address} reports that it is wiped`;
    case 'invitation': {
      const { address, usedBy } = recordOf('invitation', content);
      return `invitation for ${address ?? 'a node'} ${usedBy === null ? 'made' : 'used'}`;
    }
    case 'enrolment': {
      const { address, label, peer, state, reason, actor } = recordOf('enrolment', content);
      const why = reason === '' ? '' : `: ${reason}`;
      const who = actor === '' ? '' : ` by ${actor}`;
      return `device ${label} (${peer}) of ${address} ${state}${who}${why}`;
    }
    case 'proof':
      return `DNSSEC proof of ${recordOf('proof', content).domain}`;
    case 'authority': {
      const { change, domain, sequence } = recordOf('authority', content);
      return `${CHANGES[change]} (${domain}, sequence ${sequence})`;
    }
    case 'agreement': {
      const { domain, state } = recordOf('agreement', content);
      return `agreement with ${domain} ${state}`;
    }
    case 'organisation': {
      const { domain, level, rootId } = recordOf('organisation', content);
      return `${domain} verified at level ${level}, root ${rootId}`;
    }
    case 'roster': {
      const { domain, number } = recordOf('roster', content);
      return `roster ${number} of ${domain}`;
    }
    case 'evidence': {
      const { domain, kind, first, second } = recordOf('evidence', content);
      return `evidence of ${kind} by ${domain}: rosters ${first.number} and ${second.number}`;
    }
    case 'checkpoint-evidence': {
      const { domain, kind, first, second } = recordOf('checkpoint-evidence', content);
      return `evidence of ${kind} by ${domain}: checkpoints of ${first.size} and ${second.size} entries`;
    }
    case 'receipt-evidence': {
      const { domain, message, position } = recordOf('receipt-evidence', content);
      return `evidence against a receipt of ${domain}: its log does not show message ${hex(message)} as entry ${position}`;
    }
    case 'cosignature': {
      const { log, witness, size } = recordOf('cosignature', content);
      return `${witness} cosigned the log of ${log} at ${size} entries`;
    }
    case 'data-key':
      return `a data key for the messages of ${recordOf('data-key', content).month} in one conversation`;
    case 'data-key-wraps': {
      const { peer, wraps } = recordOf('data-key-wraps', content);
      return `${wraps.length} data keys wrapped for the officer’s device ${peer}`;
    }
    case 'policy': {
      const { actor, number, reason, act } = recordOf('policy', content);
      const how = act === undefined ? 'over the admin socket' : 'as officers signed';
      return `${actor} brought policy ${number} into force ${how}: ${reason}`;
    }
    case 'decision': {
      const { sender, direction, outcome, reasons } = recordOf('decision', content);
      const rules = reasons.map(({ rule }) => rule).join(', ');
      const did = {
        allow: 'let through',
        warn: 'warned of',
        redact: 'redacted',
        hold: 'held',
        block: 'blocked',
      };
      return `the policy ${did[outcome]} a message ${direction === 'out' ? 'of' : 'from'} ${sender} (${rules})`;
    }
    case 'review': {
      const { actor, outcome, decision, reason } = recordOf('review', content);
      const did = {
        release: 'released what decision',
        reject: 'turned down what decision',
        seen: 'reviewed what entry',
        confirm: 'confirmed what report',
        dismiss: 'dismissed what report',
        escalated: 'escalated what entry',
      };
      return `${actor} ${did[outcome]} ${decision} is about${reason === '' ? '' : `: ${reason}`}`;
    }
    case 'report': {
      const { actor, act, reason } = recordOf('report', content);
      const why = reason === '' ? '' : `: ${reason}`;
      if (act.what === 'told') return `${actor} gave notice of report ${act.report}`;
      if (act.what === 'verdict')
        return `${act.partner} is told that report ${act.report} was ${act.outcome}`;
      if (act.what === 'learned') return `${actor} ${act.outcome} its report ${act.report}`;
      const whose = act.what === 'made' ? 'a message' : 'a message of ours';
      return `${actor} reported ${whose} by ${act.sender} (entry ${act.position}) as phishing${why}`;
    }
    case 'contact': {
      const { actor, person, member, accepted } = recordOf('contact', content);
      return `${actor} ${accepted ? 'accepted' : 'declined'} ${person} as a contact of ${member ?? 'everybody'}`;
    }
    case 'inspection': {
      const { type, states, verdicts } = recordOf('inspection', content);
      const told = verdicts.map(({ scanner, state, name }) => `${scanner}: ${name ?? state}`);
      return `a file was looked into: ${[type, ...states, ...told].join(', ')}`;
    }
    case 'canary': {
      const { actor, policy, results } = recordOf('canary', content);
      const missed = results.filter(({ outcome }) => outcome === 'missed').map(({ rule }) => rule);
      const how = missed.length === 0 ? 'none missed' : `missed by ${missed.join(', ')}`;
      return `${actor} tried ${results.length} rules of policy ${policy} with test messages: ${how}`;
    }
    case 'audit-read':
      return `${recordOf('audit-read', content).actor} looked at the acts of oversight`;
    case 'window-closed':
      return `the delivery window of ${recordOf('window-closed', content).month} is over, and its key destroyed`;
    case 'absence': {
      const { from, until, reason, codes, detail } = recordOf('absence', content);
      const why = codes.length === 0 ? reason : `${reason} (${codes.join(', ')})`;
      return `nothing could be recorded from ${time(from)} to ${time(until)}: ${why}; ${detail}`;
    }
    case 'recording-notice': {
      const { person, device, language } = recordOf('recording-notice', content);
      return `${person} acknowledged on device ${device} that messages are recorded (${language})`;
    }
    case 'access': {
      const { actor, action, part, purpose, case: name, entries } = recordOf('access', content);
      const what = { find: 'listed', open: 'opened', export: 'exported' }[action];
      const why = [purpose, name === '' ? '' : `case ${name}`].filter((part) => part !== '').join(', ');
      const files = part !== 'file' ? '' : `${entries.length === 1 ? 'the file' : 'the files'} of `;
      return `${actor} ${what} ${files}${entries.length} ${entries.length === 1 ? 'entry' : 'entries'}${why === '' ? '' : `: ${why}`}`;
    }
    case 'disposal': {
      const { ground, schedule, disposed } = recordOf('disposal', content);
      return `${disposed.length} contents disposed of, ground ${ground} ${schedule}`.trim();
    }
    case 'hold': {
      const { actor, matter } = recordOf('hold', content);
      return `${actor} placed a hold for ${matter}`;
    }
    case 'hold-release': {
      const { actor, matter, state } = recordOf('hold-release', content);
      return `${actor} ${state === 'requested' ? 'asks to release' : 'approves the release of'} the holds for ${matter}`;
    }
    case 'hold-notice': {
      const { person, device, hold } = recordOf('hold-notice', content);
      return `${person} acknowledged on device ${device} that they were told of hold ${hold}`;
    }
    case 'erasure': {
      const { person, state, outcome } = recordOf('erasure', content);
      return `erasure of ${person}: ${state} ${outcome}`.trim();
    }
    case 'case': {
      const event = recordOf('case', content);
      return `${event.actor} ${caseEventText(event)}`;
    }
    case 'officer-act':
      return summariseAct(recordOf('officer-act', content).act);
    case 'oversight-policy': {
      const { act } = recordOf('oversight-policy', content);
      return `schedules and oversight in force${act === undefined ? '' : ', as two officers decided'}`;
    }
    case 'preservation': {
      const { partner, direction, state, told, actor, reason } = recordOf('preservation', content);
      const which = direction === 'sent' ? `our request to ${partner}` : `a request of ${partner}`;
      const why = reason === '' ? '' : `: ${reason}`;
      return `${actor}: ${which} to preserve is ${state}${told ? '' : ', to be told'}${why}`;
    }
    case 'administration': {
      const { actor, action, detail } = recordOf('administration', content);
      return `${actor}: ${action} ${detail}`.trim();
    }
  }
}

function summariseAct(signed: Uint8Array): string {
  const read = readAct(signed);
  if (!read.ok) return 'an officer’s act that does not decode';
  const { officer, deed } = read.value;
  switch (deed.kind) {
    case 'ask':
      return `${officer} asks for approval: ${describeAsked(deed.asked)}`;
    case 'approve':
      return `${officer} approved request ${deed.request}`;
    case 'decline':
      return `${officer} declined request ${deed.request}: ${deed.reason}`;
    case 'hold':
      return `${officer} signed a hold for ${deed.matter}`;
  }
}

function describeFacts(known: KnownFacts): string {
  return FACT_NAMES.map(
    (name) => `${name} ${known.facts[name] ?? 'unknown'} (${evidenceOf(known, name)})`,
  ).join(', ');
}

function summariseMessage(content: Uint8Array): string {
  const { envelope, via } = recordOf('message', content);
  const decoded = decodeMessage(envelope, platform.suite);
  if (!decoded.ok) return 'a message that does not decode';
  const { sender, content: said } = decoded.value;
  const from = via === null ? sender : `${sender} (${via.domain} #${via.position})`;
  switch (said.kind) {
    case 'text':
      return `${from}: ${said.text}`;
    case 'attachment':
      return `${from} sent the file ${JSON.stringify(said.file.name)}: ${said.text}`;
    case 'edit':
      return `${from} edited message ${hex(said.target).slice(0, 8)}: ${said.text}`;
    case 'recall':
      return `${from} recalled message ${hex(said.target).slice(0, 8)}`;
    case 'create':
      return `${from} started ${said.type === 'group' ? `“${said.title}”` : 'a conversation'} with ${said.members.join(', ')}`;
    case 'membership':
      return `${from} set the members to ${said.members.join(', ')}`;
  }
}
