/** Which files an organisation accepts: the same for what its members send and for what partners do. */
import { refuse } from '../../protocol/errors/index.ts';
import type { FileInfo } from '../../protocol/message/index.ts';

export interface FileRules {
  /** Bytes of the largest file. */
  readonly maxBytes: number;
  /** Media types, all of a kind with an asterisk behind the slash; none: no files at all. */
  readonly types: readonly string[];
}

/** Why a file is not accepted: `attachment.too-large` or `attachment.bad-type`. A type is what the sender says that it is. */
export function refuseFile(
  domain: string,
  { maxBytes, types }: FileRules,
  { size, type }: Pick<FileInfo, 'size' | 'type'>,
): ReturnType<typeof refuse> | undefined {
  if (maxBytes === 0)
    return refuse(
      'attachment.too-large',
      `${domain} accepts no files; an operator can allow them with limits.attachmentBytes`,
    );
  if (size > maxBytes)
    return refuse('attachment.too-large', `the file has ${size} bytes; ${domain} accepts ${maxBytes}`);
  if (!types.some((accepted) => covers(accepted, type)))
    return refuse('attachment.bad-type', `${domain} does not accept files of type ${type}; ask an operator`);
  return undefined;
}

function covers(accepted: string, type: string): boolean {
  if (accepted === '*/*') return true;
  return accepted.endsWith('/*') ? type.startsWith(accepted.slice(0, -1)) : accepted === type;
}
