/**
 * The voice of the story: chapters, the commands that are run, what they show, and a mark behind each step that was
 * done. Colours only on a terminal. Every step is bounded in time, and a failed one is named.
 */
import { setTimeout as pause } from 'node:timers/promises';
import pc from 'picocolors';
import { linesOf, wrap } from './wrap.ts';

/** Milliseconds a step may take on a busy machine, and between two looks at what it waits for. */
const STEP_MS = 180_000;
const LOOK_MS = 50;

const INDENT = '   ';

export interface NarratorOptions {
  readonly write: (text: string) => void;
  readonly colours: boolean;
  /** Ends the story where it stands. */
  readonly signal: AbortSignal;
}

/** A step that was not done: the message names chapter and step, the cause says why. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
}

export class Narrator {
  readonly #write: (text: string) => void;
  readonly #paint: ReturnType<typeof pc.createColors>;
  readonly #signal: AbortSignal;
  #chapters = 0;
  #chapter = '';
  #steps = 0;

  constructor({ write, colours, signal }: NarratorOptions) {
    this.#write = write;
    this.#paint = pc.createColors(colours);
    this.#signal = signal;
  }

  /** Steps that were done. */
  get steps(): number {
    return this.#steps;
  }

  chapter(title: string, about: string): void {
    this.#chapters += 1;
    this.#chapter = title;
    this.headline(`${this.#chapters}. ${title}`);
    this.say(about);
  }

  headline(text: string): void {
    this.#write(`\n${this.#paint.bold(text)}\n`);
  }

  say(text: string): void {
    this.#lines(wrap(text));
  }

  /** A command as it would be typed, by whom. */
  command(who: string, line: string): void {
    this.#lines([`${this.#paint.cyan(`${who} $`)} ${line}`]);
  }

  /** What a command showed. */
  output(text: string): void {
    this.#lines(linesOf(text).map((line) => this.#paint.dim(`  ${line}`)));
  }

  /** Somebody's words. */
  line(who: string, text: string): void {
    const [first = '', ...more] = wrap(`${who}: ${text}`, '  ');
    this.#lines([`${this.#paint.bold(who)}${first.slice(who.length)}`, ...more]);
  }

  /**
   * Does one step of the story and marks it done; `claim` may be told by its result. Throws StepFailed with the claim
   * when it fails, takes too long, or the story is ended; the signal that it is handed then aborts.
   */
  async step<T>(
    name: string,
    act: (signal: AbortSignal) => Promise<T>,
    claim: (result: T) => string = () => name,
  ): Promise<T> {
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(STEP_MS)]);
    const { promise: ended, reject } = Promise.withResolvers<never>();
    const end = (): void => reject(whyEnded(signal));
    signal.addEventListener('abort', end);
    try {
      if (signal.aborted) throw whyEnded(signal);
      const result = await Promise.race([act(signal), ended]);
      this.#lines(
        wrap(claim(result), '  ').map((line, index) =>
          index === 0 ? `${this.#paint.green('✓')} ${line}` : line,
        ),
      );
      this.#steps += 1;
      return result;
    } catch (cause) {
      throw new StepFailed(`${this.#chapter}: ${name}`, { cause });
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  failed(text: string): void {
    this.#lines([`${this.#paint.red('✗')} ${this.#paint.bold(text)}`]);
  }

  #lines(lines: readonly string[]): void {
    for (const line of lines) this.#write(`${INDENT}${line}\n`);
  }
}

function whyEnded({ reason }: AbortSignal): Error {
  const { name } = reason as Error;
  if (name === 'TimeoutError') return new Error(`not done within ${STEP_MS / 1000} seconds`);
  return name === 'AbortError' ? new Error('interrupted') : (reason as Error);
}

/** Resolves when `holds`; looks again and again until the signal aborts. */
export async function until(signal: AbortSignal, holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(LOOK_MS, undefined, { signal });
}

/** Throws what is wrong unless it holds. */
export function expect(holds: boolean, wrong: string): asserts holds {
  if (!holds) throw new Error(wrong);
}
