/**
 * What policy knows of the files that messages bring along. Guarantees: a file is looked into before its message is decided
 * about, once however many send it; one that could not be looked into says so, and is never taken for clean.
 */
import type { Content, DecodedMessage, FileInfo } from '../../protocol/message/index.ts';
import type { AttachmentState, TalkFile } from '../../protocol/policy/index.ts';
import type { IncomingFiles } from '../attachments/index.ts';
import type { AttachedFile, FileFindings, Findings } from '../inspection/index.ts';

/** Files of one sender that are looked into at a time: one sender does not keep the others waiting. */
const AT_A_TIME = 1;

export interface InspectedFilesOptions {
  readonly findings: FileFindings;
  readonly incoming: Pick<IncomingFiles, 'content'>;
}

export class InspectedFiles {
  readonly #options: InspectedFilesOptions;
  readonly #looking = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(options: InspectedFilesOptions) {
    this.#options = options;
  }

  /** Looks into the files of messages, one after the other. A file that is not here whole is left to the intake to refuse. */
  async look(messages: readonly DecodedMessage[], source: string): Promise<void> {
    const { findings, incoming } = this.#options;
    for (const { content } of messages) {
      if (content.kind !== 'attachment') continue;
      await this.#inTurn(source, async () => {
        const bytes = await incoming.content(source, content.file);
        if (bytes !== undefined) await findings.find(named(content.file), () => Promise.resolve(bytes));
      });
    }
  }

  /** As it is known now; undefined for a message without a file. */
  of(content: Content): TalkFile | undefined {
    if (content.kind !== 'attachment') return undefined;
    const { file } = content;
    const found = this.#options.findings.get(named(file));
    const { name, type, size: bytes } = file;
    if (found === undefined)
      return { name, types: [type], bytes, states: ['unreadable', 'unscanned'], texts: [] };
    const types = [...new Set([type, found.inspection.type])];
    return { name, types, bytes, states: statesOf(found), texts: found.texts ?? [] };
  }

  /** Lets go of what was read out of the files of messages that were decided about. */
  release(messages: readonly DecodedMessage[]): void {
    for (const { content } of messages)
      if (content.kind === 'attachment') this.#options.findings.release(named(content.file));
  }

  async #inTurn(source: string, work: () => Promise<void>): Promise<void> {
    const looking = this.#looking.get(source) ?? 0;
    if (looking >= AT_A_TIME) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#waiting.set(source, [...(this.#waiting.get(source) ?? []), () => resolve(undefined)]);
      await promise;
    } else this.#looking.set(source, looking + 1);
    try {
      await work();
    } finally {
      const [next, ...others] = this.#waiting.get(source) ?? [];
      if (others.length > 0) this.#waiting.set(source, others);
      else this.#waiting.delete(source);
      if (next === undefined) this.#looking.delete(source);
      else next(); // its turn is handed on
    }
  }
}

function named({ name, type, digest }: FileInfo): AttachedFile {
  return { name, type, digest };
}

function statesOf({ inspection, verdicts, texts }: Findings): AttachmentState[] {
  const { encrypted, failed, truncated, mismatch, risks } = inspection;
  const states: AttachmentState[] = [];
  if (encrypted) states.push('encrypted');
  if (failed !== null || truncated || texts === null) states.push('unreadable');
  if (verdicts.some(({ state }) => state === 'infected')) states.push('infected');
  if (verdicts.length === 0 || verdicts.some(({ state }) => state === 'failed')) states.push('unscanned');
  if (mismatch) states.push('mismatched');
  if (risks.length > 0) states.push('risky');
  return states;
}
