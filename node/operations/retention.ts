/** Schedules, legal holds and erasure, as officers manage them. Each act is in the log before it takes effect. */
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { parseAddress, parseDomain } from '../../protocol/names/index.ts';
import type { ArchiveNode } from '../composition/index.ts';
import type { Erasure, Hold, PlacedHold } from '../ledger/index.ts';
import type { OperationOutput, Operations } from './contract.ts';
import type { RETENTION_OPERATIONS } from './retention-contract.ts';
import { time } from './present.ts';

type RetentionOperations = Pick<Operations, keyof typeof RETENTION_OPERATIONS>;
type ShownHold = OperationOutput<'hold.place'>;
type ShownErasure = OperationOutput<'erasure.request'>;

const CONVERSATION_ID = /^[0-9a-f]{64}$/;

export function retentionOperations(node: ArchiveNode): RetentionOperations {
  const { ledger, retaining } = node.organisation;
  const { policy, holds, holding, custodians, erasures, erasing } = retaining;
  const timeOf = (sequence: number): string => time(ledger.log.entry(sequence)?.time ?? 0);
  /** An operator can name any officer: what lets something go takes an officer who signs it. */
  const assertUnsigned = (command: string): void => {
    if (!node.organisation.policy.current.signed) return;
    throw new ChanceryError(
      'officer.signature-required',
      `officers do this on their own devices: chancery-chat ${command}`,
    );
  };
  const showHold = (hold: PlacedHold, released: number | null): ShownHold => {
    const { sequence, matter, actor, reason, scope, notice = null } = hold;
    const { from, until, exchangedWith = null, ...named } = scope;
    return {
      sequence,
      matter,
      placed: timeOf(sequence),
      actor,
      reason,
      ...copied(named),
      exchangedWith,
      from: from === null ? null : time(from),
      until: until === null ? null : time(until),
      notice,
      released,
    };
  };
  const showCustodians = (hold: PlacedHold): OperationOutput<'hold.show'>['custodians'] =>
    custodians.of(hold).map(({ person, acknowledged }) => ({
      hold: hold.sequence,
      person,
      acknowledged: acknowledged === null ? null : timeOf(acknowledged),
    }));
  const showErasure = (
    sequence: number,
    { until, request: _request, ...erasure }: Erasure,
  ): ShownErasure => ({
    ...erasure,
    sequence,
    asked: timeOf(sequence),
    until: until === null ? null : time(until),
  });
  return {
    'retention.show': () =>
      Promise.resolve({
        disposalsPerHour: policy.disposalsPerHour,
        schedules: policy.schedules.map((schedule) => ({ ...schedule })),
      }),
    'retention.run': async () => {
      const looked = await retaining.retention.lookAhead();
      return {
        ahead: looked !== null,
        disposed: looked?.disposed ?? 0,
        kept: looked?.kept.length ?? 0,
      };
    },
    'retention.preview': async ({ from }) => {
      const { counts, next } = await retaining.survey(from);
      return {
        counts: counts.map((one) => ({ ...one, next: one.next === null ? null : time(one.next) })),
        next,
      };
    },
    'retention.report': ({ before, limit }) => report(node, before ?? ledger.log.size, limit),
    'hold.place': async ({ matter, from, until, actor, reason, notice, ...named }) => {
      const scope = {
        people: named.people.map((text) => valueOf(parseAddress(text)).text),
        organisations: named.organisations.map((text) => valueOf(parseDomain(text))),
        conversations: named.conversations.map(conversationId),
        words: named.words,
        from: from === null ? null : Date.parse(from),
        until: until === null ? null : Date.parse(until),
      };
      const hold = { matter, scope, actor, reason, ...(notice === undefined ? {} : { notice }) };
      return showHold({ ...hold, sequence: await holding.place(hold) }, null);
    },
    'hold.list': async ({ all }) => ({
      holds: (await holds.all())
        .filter(({ released }) => all || released === null)
        .map(({ released, ...hold }) => showHold(hold, released)),
    }),
    'hold.show': async ({ matter }) => {
      const found = (await holds.all()).filter((hold) => hold.matter === matter);
      if (found.length === 0)
        throw new ChanceryError(
          'hold.unknown',
          `no hold for ${matter} was ever placed; see chancery hold list`,
        );
      const waiting = holds.request(matter);
      const shown = found.map(({ released, ...hold }) => showHold(hold, released));
      const told = found.flatMap((hold) => showCustodians(hold));
      if (waiting === undefined) return { holds: shown, custodians: told, request: null };
      const { expires, actor, reason, holds: ends } = waiting.record;
      const request = {
        matter,
        request: waiting.sequence,
        expires: time(expires),
        holds: [...ends],
        actor,
        reason,
      };
      return { holds: shown, custodians: told, request };
    },
    'hold.release': async ({ matter, actor, reason }) => {
      assertUnsigned('oversight release');
      const { request, expires, holds: ends } = await holding.request(matter, actor, reason);
      return { matter, request, expires: time(expires), holds: [...ends] };
    },
    'hold.approve': async ({ matter, actor, request }) => {
      assertUnsigned('oversight approve');
      const approved = await holding.approve(matter, request, actor);
      return {
        matter,
        request: approved.request,
        expires: time(approved.expires),
        holds: [...approved.holds],
      };
    },
    'erasure.request': async ({ person, ground, actor }) => {
      assertUnsigned('oversight erase');
      const address = valueOf(parseAddress(person)).text;
      return shownErasure(await erasing.request(address, ground, actor));
    },
    'erasure.list': async () => ({
      erasures: (await erasures.all()).map(({ sequence, ...erasure }) => showErasure(sequence, erasure)),
    }),
    'erasure.show': ({ sequence }) => Promise.resolve(shownErasure(sequence)),
  };

  function shownErasure(sequence: number): ShownErasure {
    const erasure = erasures.find(sequence);
    if (erasure === undefined)
      throw new ChanceryError(
        'erasure.unknown',
        `entry ${sequence} is no request for erasure; see chancery erasure list`,
      );
    return showErasure(sequence, erasure);
  }
}

/** Certificates that were recorded below an entry, newest first. */
async function report(
  { organisation: { ledger, retaining } }: ArchiveNode,
  before: number,
  limit: number,
): Promise<OperationOutput<'retention.report'>> {
  const sequences = await retaining.certificates(before, limit + 1);
  const certificates = sequences.slice(0, limit).flatMap((sequence) => {
    const record = ledger.record('disposal', sequence);
    if (record === undefined) return [];
    const gone = record.disposed.map((one) => one.sequence);
    const { ground, schedule } = record;
    const [first, last] = [Math.min(...gone), Math.max(...gone)];
    const at = time(ledger.log.entry(sequence)?.time ?? 0);
    return [{ sequence, time: at, ground, schedule, contents: gone.length, first, last }];
  });
  return { certificates, next: sequences.length > limit ? (sequences[limit - 1] ?? null) : null };
}

export function conversationId(text: string): string {
  if (CONVERSATION_ID.test(text)) return text;
  throw new ChanceryError(
    'request.invalid',
    `${text} is no id of a conversation; see chancery archive conversations`,
  );
}

function copied(
  named: Pick<Hold['scope'], 'people' | 'conversations' | 'organisations' | 'words'>,
): Pick<ShownHold, 'people' | 'conversations' | 'organisations' | 'words'> {
  const { people, conversations, organisations, words } = named;
  return {
    people: [...people],
    conversations: [...conversations],
    organisations: [...organisations],
    words: [...words],
  };
}
