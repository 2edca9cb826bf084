/**
 * What policy knows of the files that messages bring along. Guarantees: a file is looked into before its message is decided
 * about, once however many send it; one that could not be looked into says so, and is never taken for clean.
 */
import type { Content, DecodedMessage, FileInfo } from '../../protocol/message/index.ts';
import type { AttachmentState, TalkFile } from '../../protocol/policy/index.ts';
import type { IncomingFiles } from '../attachments/index.ts';
import type { AttachedFile, FileFindings, Findings } from '../inspection/index.ts';

export interface InspectedFilesOptions {
  readonly findings: FileFindings;
  readonly incoming: Pick<IncomingFiles, 'content'>;
}

export class InspectedFiles {
  readonly #options: InspectedFilesOptions;

  constructor(options: InspectedFilesOptions) {
    this.#options = options;
  }

  /**
   * Looks into the files of messages, one after the other: the intake takes what one sender hands in in turn, so nobody keeps
   * the others waiting.
   */
  async look(messages: readonly DecodedMessage[], source: string): Promise<void> {
    const { findings, incoming } = this.#options;
    for (const { content } of messages) {
      if (content.kind !== 'attachment') continue;
      const bytes = await incoming.content(source, content.file);
      if (bytes !== undefined) await findings.find(named(content.file), () => Promise.resolve(bytes));
    }
  }

  /** As it is known now; undefined where it was not looked into, or there is none. */
  of(content: Content): TalkFile | undefined {
    if (content.kind !== 'attachment') return undefined;
    const { file } = content;
    const found = this.#options.findings.get(named(file));
    if (found === undefined || found.texts === null) return undefined;
    const { name, type, size: bytes } = file;
    const types = [...new Set([type, found.inspection.type])];
    return { name, types, bytes, states: statesOf(found), texts: found.texts };
  }

  /** Lets go of what was read out of the files of messages that were decided about. */
  release(messages: readonly DecodedMessage[]): void {
    for (const { content } of messages)
      if (content.kind === 'attachment') this.#options.findings.release(named(content.file));
  }
}

function named({ name, type, digest }: FileInfo): AttachedFile {
  return { name, type, digest };
}

function statesOf({ inspection, verdicts }: Findings): AttachmentState[] {
  const { encrypted, failed, truncated, mismatch, risks } = inspection;
  const states: AttachmentState[] = [];
  if (encrypted) states.push('encrypted');
  if (failed !== null || truncated) states.push('unreadable');
  if (verdicts.some(({ state }) => state === 'infected')) states.push('infected');
  if (verdicts.length === 0 || verdicts.some(({ state }) => state === 'failed')) states.push('unscanned');
  if (mismatch) states.push('mismatched');
  if (risks.length > 0) states.push('risky');
  return states;
}
