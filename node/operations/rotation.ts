/** How an operator changes the keys of the organisation: each step says what stands now, and what is to be published. */
import type { ArchiveNode } from '../composition/index.ts';
import type { Step } from '../identity/index.ts';
import { readSigningAnswer, type SigningAnswer } from '../signing/index.ts';
import type { OperationOutput, Operations } from './contract.ts';

type Output = OperationOutput<'identity.rotate-root'>;

export function rotationOperations(
  node: ArchiveNode,
): Pick<Operations, 'identity.rotate-issuer' | 'identity.rotate-root' | 'identity.revoke-root'> {
  const { rotation } = node.organisation;
  return {
    'identity.rotate-issuer': async ({ cause, answer }) =>
      outcome(node, await rotation.rotateIssuer(cause, signatures(answer))),
    'identity.rotate-root': async ({ step, certificate, answer }) => {
      if (step === 'complete') return outcome(node, await rotation.completeRoot(signatures(answer)));
      const given =
        certificate === undefined ? undefined : new Uint8Array(Buffer.from(certificate, 'base64'));
      await rotation.prepareRoot(given);
      return { ...outcome(node, { state: 'done' }), state: 'prepared' };
    },
    'identity.revoke-root': async ({ lost, answer }) =>
      outcome(node, await rotation.revokeRoot(lost, signatures(answer))),
  };
}

function outcome({ organisation }: ArchiveNode, step: Step): Output {
  const { standing, rotation, authority } = organisation;
  const { rootId, nextId, record } = standing;
  const current = rotation.recordOf(rootId, record.sequence, 'current');
  const next = nextId === null ? [] : [rotation.recordOf(nextId, record.sequence + 1, 'next')];
  return {
    state: step.state,
    rootId,
    sequence: record.sequence,
    nextRootId: nextId,
    records: [current, ...next],
    request: step.state === 'to-sign' ? step.request : null,
    rosterNumber: authority.roster.number,
  };
}

function signatures(answer: unknown): SigningAnswer | undefined {
  return answer === undefined ? undefined : readSigningAnswer(answer);
}
