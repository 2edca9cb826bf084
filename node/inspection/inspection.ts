/** What an inspection tells of a file, in the words that policy decides by. Plain data: it crosses from worker to node. */
import type { FoundInFile, PolicyDocument } from '../../protocol/policy/index.ts';
import type { RiskCode } from './risk-table.ts';

/** What the sender says of a file. */
export interface Declared {
  readonly name: string;
  /** Media type (RFC 6838). */
  readonly type: string;
}

export interface Risk {
  readonly code: RiskCode;
  /** Where: the path through archives, such as `archive.zip/invoice.pdf.exe`. */
  readonly place: string;
  /** Why, for people. */
  readonly text: string;
}

export interface Text {
  /** Where: `archive.zip/report.docx`, `report.pdf, page 3`, `book.xlsx, sheet "Q1"`. */
  readonly place: string;
  readonly text: string;
}

export interface Inspection {
  /** The media type that the bytes show; `application/octet-stream` where they show none. */
  readonly type: string;
  /** Whether name or declared type say something else than the bytes. */
  readonly mismatch: boolean;
  readonly risks: readonly Risk[];
  /** Whether some of it is encrypted, and so was not read. */
  readonly encrypted: boolean;
  /** Whether there was more text, or there were more risks, than is kept. */
  readonly truncated: boolean;
  /** Why some of it was not read; null where all of it was. `timeout`, `memory`, `crashed`, `busy`, `unread` and `stopped` are about all. */
  readonly failed: string | null;
  readonly texts: readonly Text[];
  /** What policies look for in the texts, found by the worker that read them. */
  readonly found?: ReadonlyMap<PolicyDocument, FoundInFile>;
}

/** What is said of a file that was not inspected. */
export function notInspected(failed: string): Inspection {
  return {
    type: 'application/octet-stream',
    mismatch: false,
    risks: [],
    encrypted: false,
    truncated: false,
    failed,
    texts: [],
  };
}
