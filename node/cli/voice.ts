/**
 * The one voice of the command line: how results, questions and errors are said. Text for people, with colours on a
 * terminal only, or JSON for programs. Whatever comes from elsewhere is made printable before it is shown.
 */
import pc from 'picocolors';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { toFailure, type Failure } from '../admin/failure.ts';
import { printable, printableJson } from '../log/printable.ts';
import type { Io } from './dependencies.ts';

export interface VoiceOptions {
  readonly io: Io;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly json: boolean;
}

export type Paint = ReturnType<typeof pc.createColors>;

export class Voice {
  readonly json: boolean;
  readonly #io: Io;
  readonly #paint: Paint;

  constructor({ io, env, json }: VoiceOptions) {
    this.#io = io;
    this.json = json;
    this.#paint = pc.createColors(io.isTerminal && !env['NO_COLOR']);
  }

  /** Says a result: as JSON whole, else as `say` puts it. */
  result<T>(data: T, say: (shown: T, paint: Paint) => string): void {
    this.#io.stdout(this.json ? `${printableJson(data, 2)}\n` : say(printableIn(data), this.#paint));
  }

  /** Says a text as it is to a file or another program; to a person at a terminal made printable, line by line. */
  text(text: string): void {
    this.#io.stdout(this.#io.isTerminal ? text.split('\n').map(printable).join('\n') : text);
  }

  /** A line beside the result, for people only. */
  note(text: string): void {
    if (!this.json) this.#io.stderr(`${printable(text)}\n`);
  }

  /** One line on standard error; with JSON one object. */
  error(error: unknown): void {
    const failure = told(error);
    const { code, message } = failure.error;
    const line = `${this.#paint.red('chancery:')} ${printable(message)} [${code}]`;
    this.#io.stderr(`${this.json ? printableJson(failure) : line}\n`);
  }

  /** Asks a person. Throws `request.invalid` where nobody is there to answer, naming the option that answers instead. */
  async confirm(question: string, option: string): Promise<boolean> {
    if (this.json || !this.#io.isTerminal) {
      throw new ChanceryError('request.invalid', `nobody can be asked here; add ${option} if you are sure`);
    }
    return this.#io.confirm(question);
  }
}

/**
 * An error as it is told. Faults of the system, such as a folder that cannot be written, are told in its words: here,
 * unlike on the socket, the reader is the operator.
 */
function told(error: unknown): Failure {
  if (error instanceof ChanceryError) {
    const { code, message, facts } = error;
    return { error: { code, message, facts } };
  }
  if (error instanceof Error && 'syscall' in error) {
    return { error: { code: 'internal', message: `the system refused: ${error.message}`, facts: {} } };
  }
  const failure = toFailure(error);
  const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
  const message = `this is a fault of chancery: ${first}`;
  return { error: { ...failure.error, message } };
}

/** A copy in which every text is printable. */
function printableIn<T>(data: T): T {
  return copy(data) as T;
}

function copy(data: unknown): unknown {
  if (typeof data === 'string') return printable(data);
  if (Array.isArray(data)) return data.map(copy);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [printable(key), copy(value)]));
}
