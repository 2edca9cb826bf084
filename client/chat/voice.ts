/**
 * How the terminal client speaks: lines for people, with colours on a terminal only, or one JSON object a line for
 * programs; errors as one line on standard error. Whatever comes from elsewhere is made printable before it is shown.
 */
import pc from 'picocolors';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Terminal } from './dependencies.ts';
import { printable, printableJson } from './printable.ts';

export type Paint = ReturnType<typeof pc.createColors>;

export class Voice {
  readonly json: boolean;
  readonly paint: Paint;
  readonly #terminal: Terminal;

  constructor(terminal: Terminal, env: Readonly<Record<string, string | undefined>>, json: boolean) {
    this.#terminal = terminal;
    this.json = json;
    this.paint = pc.createColors(terminal.isTerminal && !json && !env['NO_COLOR']);
  }

  /** Says one thing: the object for programs, the line for people. The line must be printable already. */
  say(data: unknown, line: string): void {
    this.#terminal.stdout(`${this.json ? printableJson(data) : line}\n`);
  }

  /** A line beside the result, for people only. */
  note(line: string): void {
    if (!this.json) this.#terminal.stderr(`${printable(line)}\n`);
  }

  error(error: unknown): void {
    const { code, message } = told(error);
    const line = `${this.paint.red('chancery-chat:')} ${printable(message)} [${code}]`;
    this.#terminal.stderr(`${this.json ? printableJson({ error: { code, message } }) : line}\n`);
  }
}

function told(error: unknown): { code: string; message: string } {
  if (error instanceof ChanceryError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof Error && 'syscall' in error
    ? { code: 'internal', message: `the system refused: ${message}` }
    : { code: 'internal', message: `this is a fault of chancery-chat: ${message}` };
}
