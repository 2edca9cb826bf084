/** Requests for preservation between organisations, as officers make and answer them. Each act is in the log before it takes effect. */
import { fromString } from 'uint8arrays/from-string';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { parseAddress, parseDomain } from '../../protocol/names/index.ts';
import { readLetter } from '../../protocol/statement/index.ts';
import type { ArchiveNode } from '../composition/index.ts';
import type { Preservation } from '../ledger/index.ts';
import type { Problem } from '../letters/index.ts';
import { letterName } from '../preservation/index.ts';
import type { OperationOutput, Operations } from './contract.ts';
import type { PRESERVATION_OPERATIONS } from './preservation-contract.ts';
import { hex, time } from './present.ts';
import { conversationId } from './retention.ts';

type PreservationOperations = Pick<Operations, keyof typeof PRESERVATION_OPERATIONS>;
type Shown = OperationOutput<'preservation.request'>;

/** States in which nothing is left to do. */
const OVER: ReadonlySet<string> = new Set(['declined', 'withdrawn']);

export function preservationOperations(node: ArchiveNode): PreservationOperations {
  const { acts, preservations } = node.organisation.preserving;
  const shown = async (id: Uint8Array): Promise<Shown> => showPreservation(node, found(node, id));
  return {
    'preservation.request': async ({ domain, matter, from, until, actor, reason, ...named }) => {
      const asked = {
        matter,
        people: named.people.map((text) => valueOf(parseAddress(text)).text),
        conversations: named.conversations.map((text) => fromString(conversationId(text), 'hex')),
        since: from === null ? null : Date.parse(from),
        until: until === null ? null : Date.parse(until),
        officer: actor,
        reason,
      };
      return shown(await acts.request(valueOf(parseDomain(domain)), asked));
    },
    'preservation.withdraw': async ({ id, actor, reason }) => {
      const meant = await idOf(node, id);
      await acts.withdraw(meant, actor, reason);
      return shown(meant);
    },
    'preservation.accept': async ({ id, actor, reason }) => {
      const meant = await idOf(node, id);
      await acts.accept(meant, actor, reason);
      return shown(meant);
    },
    'preservation.decline': async ({ id, actor, reason }) => {
      const meant = await idOf(node, id);
      await acts.decline(meant, actor, reason);
      return shown(meant);
    },
    'preservation.list': async ({ all }) => {
      const listed = (await preservations.all()).filter(
        ({ state, told }) => all || !told || !OVER.has(state),
      );
      return { preservations: await Promise.all(listed.map((one) => showPreservation(node, one))) };
    },
    'preservation.show': async ({ id }) => {
      const meant = await idOf(node, id);
      return { preservation: await shown(meant), history: await historyOf(node, meant) };
    },
  };
}

/** A line for each request that waits for an officer here, and for each that a partner has not taken yet. */
export async function waitingRequests(node: ArchiveNode): Promise<string[]> {
  const { preservations } = node.organisation.preserving;
  return (await preservations.all()).flatMap((one) => {
    const name = hex(one.id).slice(0, 16);
    if (one.direction === 'received' && one.state === 'requested')
      return [`${one.partner} asks that messages be preserved; see chancery preservation show ${name}`];
    if (one.told) return [];
    const problem = problemOf(node, one);
    const why = problem === undefined ? '' : `: ${problem.message} [${problem.code}]`;
    return [`${one.partner} is yet to be told of preservation request ${name}${why}`];
  });
}

/** Why the partner was not told of it; undefined where it was, or nothing kept it. */
function problemOf({ organisation }: ArchiveNode, { partner, id, told }: Preservation): Problem | undefined {
  return told ? undefined : organisation.letters.problem(partner, letterName(id));
}

async function showPreservation(node: ArchiveNode, one: Preservation): Promise<Shown> {
  const { ledger, preserving } = node.organisation;
  const { id, partner, direction, state, told } = one;
  const [first = one.sequence, ...later] = await preserving.preservations.entries(id);
  const statement = (await preserving.preservations.request(id)) ?? new Uint8Array();
  const request = valueOf(readLetter('preservation', statement));
  const accepted = later.find((sequence) => ledger.record('preservation', sequence)?.state === 'accepted');
  const { since, until } = request;
  return {
    ...{ id: hex(id), partner, direction, state, told },
    problem: problemOf(node, one) ?? null,
    matter: request.matter,
    people: [...request.people],
    conversations: request.conversations.map(hex),
    from: since === null ? null : time(since),
    until: until === null ? null : time(until),
    officer: request.officer,
    reason: request.reason,
    asked: time(ledger.log.entry(first)?.time ?? 0),
    // the hold stands right before the answer, in the same append
    hold: direction === 'received' && accepted !== undefined ? accepted - 1 : null,
  };
}

async function historyOf(
  node: ArchiveNode,
  id: Uint8Array,
): Promise<OperationOutput<'preservation.show'>['history']> {
  const { ledger, preserving, domain } = node.organisation;
  return (await preserving.preservations.entries(id)).flatMap((sequence) => {
    const record = ledger.record('preservation', sequence);
    if (record === undefined) return [];
    const { state, told, actor, reason, partner, chain, statement } = record;
    const by = chain.length > 0 ? partner : domain;
    const at = time(ledger.log.entry(sequence)?.time ?? 0);
    return [{ sequence, time: at, state, told, actor, reason, signedBy: statement.length === 0 ? null : by }];
  });
}

/** A request by its id, or by how that begins, if no other begins so. */
async function idOf(node: ArchiveNode, text: string): Promise<Uint8Array> {
  const { preservations } = node.organisation.preserving;
  if (text.length === 64) return found(node, fromString(text, 'hex')).id;
  const meant = (await preservations.all()).filter(({ id }) => hex(id).startsWith(text));
  const [one] = meant;
  if (one === undefined) throw unknown(text);
  if (meant.length === 1) return one.id;
  throw new ChanceryError(
    'request.invalid',
    `more requests than one begin with ${text}; give more of the id`,
  );
}

function found(node: ArchiveNode, id: Uint8Array): Preservation {
  const one = node.organisation.preserving.preservations.find(id);
  if (one === undefined) throw unknown(hex(id));
  return one;
}

function unknown(text: string): ChanceryError {
  return new ChanceryError(
    'preservation.unknown',
    `no request ${text.slice(0, 16)}; see chancery preservation list --all`,
  );
}
