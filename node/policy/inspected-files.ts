/**
 * What policy knows of the files that messages bring along. Guarantees: a file is looked into before its message is decided
 * about, once however many send it; what was found stays until it is decided about; one that could not be looked into says so,
 * and is never taken for clean.
 */
import { ChanceryError, refuse } from '../../protocol/errors/index.ts';
import type { Content, DecodedMessage, FileInfo } from '../../protocol/message/index.ts';
import type { TalkFile } from '../../protocol/policy/index.ts';
import type { IncomingFiles } from '../attachments/index.ts';
import { isPassing, type AttachedFile, type FileFindings, type Findings } from '../inspection/index.ts';
import type { RecordOf } from '../ledger/index.ts';
import { statesOf } from './file-states.ts';

export interface InspectedFilesOptions {
  readonly findings: FileFindings;
  readonly incoming: Pick<IncomingFiles, 'content' | 'has'>;
}

export class InspectedFiles {
  readonly #options: InspectedFilesOptions;
  /** By what messages say that are about to be decided about: one with a file at a time of each who sends some. */
  readonly #seen = new WeakMap<Content, Findings>();

  constructor(options: InspectedFilesOptions) {
    this.#options = options;
  }

  /** Looks into the files of messages, until `release`. */
  async look(messages: readonly DecodedMessage[], source: string): Promise<void> {
    const { findings, incoming } = this.#options;
    for (const { content } of messages) {
      if (content.kind !== 'attachment' || !incoming.has(source, content.file)) continue;
      const { file } = content;
      const found = await findings.find(named(file), async () => {
        const bytes = await incoming.content(source, file);
        if (bytes === undefined) throw ChanceryError.from(missing(file).refusal);
        return bytes;
      });
      this.#seen.set(content, found);
    }
  }

  /** As it was found; undefined where it was not looked into. */
  of(content: Content): TalkFile | undefined {
    const found = this.#seen.get(content);
    if (content.kind !== 'attachment' || found === undefined || found.texts === null) return undefined;
    const { inspection, verdicts, texts, found: before } = found;
    const { name, type, size: bytes } = content.file;
    const types = [...new Set([type, inspection.type])];
    const file = { name, types, bytes, states: statesOf(inspection, verdicts), texts };
    return before === undefined ? file : { ...file, found: before };
  }

  /** What is kept of that before the message; undefined where nothing was looked into for it. */
  recordOf({ id, content }: Pick<DecodedMessage, 'id' | 'content'>): RecordOf<'inspection'> | undefined {
    const found = this.#seen.get(content);
    if (content.kind !== 'attachment' || found === undefined) return undefined;
    const { inspection, verdicts } = found;
    const { type, risks, failed } = inspection;
    return {
      ...{ message: id, digest: content.file.digest, type, failed },
      states: statesOf(inspection, verdicts),
      risks: [...new Set(risks.map(({ code }) => code))],
      verdicts: [...verdicts],
    };
  }

  /**
   * Why a message cannot be decided about by its file: `attachment.missing`, whose sender hands it in again, or
   * `limit.exceeded`, which says nothing of the message.
   */
  refuse({ content }: Pick<DecodedMessage, 'content'>): ReturnType<typeof refuse> | undefined {
    if (content.kind !== 'attachment') return undefined;
    const found = this.#seen.get(content);
    if (found === undefined) return missing(content.file);
    if (!isPassing(found)) return undefined;
    const name = JSON.stringify(content.file.name);
    const reason = found.inspection.failed ?? '';
    return refuse(
      'limit.exceeded',
      `the file ${name} could not be looked into now (${reason}); try again later`,
    );
  }

  /** Lets go of what was found in the files of messages that were decided about. */
  release(messages: readonly DecodedMessage[]): void {
    for (const { content } of messages)
      if (content.kind === 'attachment' && this.#seen.delete(content))
        this.#options.findings.release(named(content.file));
  }
}

function missing({ name }: FileInfo): ReturnType<typeof refuse> {
  const text = `the file ${JSON.stringify(name)} is not here whole; send it before its message`;
  return refuse('attachment.missing', text);
}

function named({ name, type, digest }: FileInfo): AttachedFile {
  return { name, type, digest };
}
