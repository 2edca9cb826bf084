/** Evidence against partners as an operator sees it: what was signed, in what the two differ, and what proves it. */
import { encodePem } from '../../protocol/certificate/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { readRoster, signedPartsOfRoster, type Roster } from '../../protocol/statement/index.ts';
import type { ArchiveNode } from '../composition/index.ts';
import type { EvidenceRecord } from '../ledger/index.ts';
import type { OperationOutput, Operations } from './contract.ts';
import { fromSeconds, time } from './present.ts';

type Shown = OperationOutput<'evidence.show'>;
type Part = EvidenceRecord['first'];

export function evidenceOperations(node: ArchiveNode): Pick<Operations, 'evidence.list' | 'evidence.show'> {
  const { evidence, log } = node.organisation;
  const timeOf = async (sequence: number): Promise<string> =>
    time((await log.read(sequence, 1))[0]?.time ?? 0);
  return {
    'evidence.list': async () => ({
      evidence: await Promise.all(
        (await evidence.all()).map(async ({ sequence, evidence: { domain, kind, first, second } }) => ({
          sequence,
          time: await timeOf(sequence),
          domain,
          kind,
          first: first.number,
          second: second.number,
        })),
      ),
    }),
    'evidence.show': async ({ sequence }) => {
      const found = (await evidence.all()).find((one) => one.sequence === sequence)?.evidence;
      if (found === undefined) {
        throw new ChanceryError(
          'request.invalid',
          `entry ${sequence} is no evidence; see chancery identity evidence`,
        );
      }
      const { domain, kind, first, second } = found;
      const [one, other] = [valueOf(readRoster(first.statement)), valueOf(readRoster(second.statement))];
      return {
        sequence,
        time: await timeOf(sequence),
        domain,
        kind,
        first: showPart(first, one),
        second: showPart(second, other),
        differences: differencesOf(one, other),
      };
    },
  };
}

function showPart({ statement, chain }: Part, roster: Roster): Shown['first'] {
  const { signed, signature } = valueOf(signedPartsOfRoster(statement));
  return {
    number: roster.number,
    issued: fromSeconds(roster.issued),
    nextUpdate: fromSeconds(roster.nextUpdate),
    nodes: roster.nodes.map(({ peer, roles, addresses }) => ({
      peer,
      roles: [...roles],
      addresses: [...addresses],
    })),
    revoked: roster.revoked.map(({ serial, at, reason }) => ({ serial, at: fromSeconds(at), reason })),
    signed: base64(signed),
    signature: base64(signature),
    certificates: chain.map((der) => encodePem('CERTIFICATE', der)),
  };
}

/** One line for each fact that the two tell differently; null where one of them does not tell it. */
function differencesOf(first: Roster, second: Roster): Shown['differences'] {
  const [one, other] = [factsOf(first), factsOf(second)];
  return [...new Set([...one.keys(), ...other.keys()])]
    .map((what) => ({ what, first: one.get(what) ?? null, second: other.get(what) ?? null }))
    .filter((fact) => fact.first !== fact.second);
}

function factsOf({ number, issued, nextUpdate, nodes, revoked }: Roster): Map<string, string> {
  return new Map([
    ['number', String(number)],
    ['issued', fromSeconds(issued)],
    ['next update', fromSeconds(nextUpdate)],
    ...nodes.map(({ peer, roles, addresses }): [string, string] => [
      `node ${peer}`,
      `${roles.join(', ')} at ${addresses.join(' ') || 'no address'}`,
    ]),
    ...revoked.map(({ serial, at, reason }): [string, string] => [
      `revoked ${serial}`,
      `${reason}, ${fromSeconds(at)}`,
    ]),
  ]);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
