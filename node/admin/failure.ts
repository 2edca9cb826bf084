/** How the admin socket says that something failed: one JSON form, and the HTTP status that fits the code. */
import { ChanceryError, type Code, type Facts } from '../../protocol/errors/index.ts';

export interface Failure {
  readonly error: { readonly code: Code; readonly message: string; readonly facts: Facts };
}

/** What a caller is told of any error. One that is not ours says nothing of itself: its details are in the log. */
export function toFailure(error: unknown): Failure {
  if (error instanceof ChanceryError && error.code !== 'internal') {
    const { code, message, facts } = error;
    return { error: { code, message, facts } };
  }
  return { error: { code: 'internal', message: 'the node failed at this; see its log for why', facts: {} } };
}

/** The status for a code: what a caller can mend is 4xx, what only the node's operator can is 5xx. */
export function statusOf(code: Code): number {
  switch (code) {
    case 'request.invalid':
    case 'name.bad-domain':
    case 'name.bad-address':
      return 400;
    case 'request.unknown':
    case 'member.unknown':
    case 'device.unknown':
    case 'partner.unknown':
    case 'hold.unknown':
    case 'erasure.unknown':
    case 'policy.unknown':
      return 404;
    case 'officer.required':
    case 'approval.own':
      return 403;
    case 'member.exists':
    case 'member.removed':
    case 'member.suspended':
    case 'partner.exists':
    case 'policy.changed':
    case 'device.revoked':
      return 409;
    case 'encoding.too-large':
      return 413;
    case 'limit.exceeded':
      return 429;
    case 'internal':
      return 500;
    case 'archive.unavailable':
    case 'archive.closed':
    case 'archive.failed':
    case 'archive.full':
    case 'archive.rolled-back':
    case 'archive.forked':
    case 'archive.deposed':
    case 'dns.unreachable':
    case 'node.unreachable':
      return 503;
    default:
      return 422;
  }
}
