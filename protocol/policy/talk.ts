/** What a policy decides about: a message with all that is known of it. What costs time to find out is asked for when a rule needs it. */
import type { Finding } from './decision.ts';
import type { Level } from './level.ts';
import type { AttachmentState, PolicyDocument } from './document.ts';
import type { Participant } from './who.ts';

/** A text in a message, and where: `text`, `title`, `file name`, or a place within a file. */
export interface PlacedText {
  readonly place: string;
  readonly text: string;
}

/** What is found in the texts of a file, by the type of each thing that a policy looks for. */
export type FoundInFile = ReadonlyMap<string, readonly Finding[]>;

export interface TalkFile {
  readonly name: string;
  /** What it says it is, and what it is by its content. */
  readonly types: readonly string[];
  readonly bytes: number;
  readonly states: readonly AttachmentState[];
  readonly texts: readonly PlacedText[];
  /** What is in them of what a policy looks for, where that was found beforehand: it takes long in a long text. */
  readonly found?: ReadonlyMap<PolicyDocument, FoundInFile>;
}

export interface TalkLink {
  /** In A-labels; null where it leads to no domain. */
  readonly host: string | null;
  readonly place: string;
  readonly start: number;
  readonly end: number;
  /** It shows another target than it has. */
  readonly mismatched: boolean;
  /** It hides where it leads. */
  readonly deceptive: boolean;
  /** The domain known to us that its own imitates. */
  readonly lookalike: string | null;
}

export interface Talk {
  /** The id of the message. */
  readonly id: Uint8Array;
  /** Written by our members, or by others. */
  readonly direction: 'out' | 'in';
  readonly ownDomain: string;
  readonly sender: Participant;
  /** Everybody else who takes part. */
  readonly receivers: readonly Participant[];
  readonly conversation: 'direct' | 'group';
  /** Milliseconds since 1970, by our clock. */
  readonly time: number;
  /** By which the least verified organisation of those that take part is known. */
  readonly leastLevel: Level;
  /** Texts of the message itself. */
  readonly texts: readonly PlacedText[];
  readonly files: readonly TalkFile[];
  /** Whether nobody of us who receives it has written with the sender before, or accepted them. */
  firstContact(): boolean;
  /** Whom the sender imitates by domain or name: a domain or an address; null where nobody. */
  imitated(by: 'domain' | 'name'): string | null;
  links(): readonly TalkLink[];
}
