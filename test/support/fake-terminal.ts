/** A terminal that remembers what was written and types what a test says. */
import type { LineConsole, Terminal } from '../../client/chat/dependencies.ts';

export class FakeTerminal implements Terminal {
  isTerminal = false;
  out = '';
  err = '';
  stdin = '';
  askSecret: Terminal['askSecret'] = null;
  /** What was printed on the console, and a line for each prompt. */
  readonly printed: string[] = [];
  cleared = 0;
  concealed = false;
  readonly #typed: string[] = [];
  readonly #interrupts = new Set<() => void>();
  #ended = false;
  #changed = Promise.withResolvers<undefined>();

  stdout(text: string): void {
    this.out += text;
    this.#change();
  }

  stderr(text: string): void {
    this.err += text;
  }

  async input(): Promise<string> {
    return Promise.resolve(this.stdin);
  }

  console(): LineConsole {
    return {
      lines: this.#lines(),
      print: (text) => {
        this.printed.push(text);
        this.#change();
      },
      prompt: (text) => {
        this.printed.push(text);
        this.#change();
      },
      clear: () => {
        this.printed.length = 0;
        this.cleared += 1;
      },
      conceal: (hidden) => {
        this.concealed = hidden;
      },
      close: () => {
        this.#ended = true;
        this.#change();
      },
    };
  }

  onInterrupt(handler: () => void): () => void {
    this.#interrupts.add(handler);
    return () => void this.#interrupts.delete(handler);
  }

  interrupt(): void {
    for (const handler of this.#interrupts) handler();
  }

  type(...lines: string[]): void {
    this.#typed.push(...lines);
    this.#change();
  }

  /** Waits until something written matches. */
  async shows(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.out + this.printed.join('\n'))) await this.#changed.promise;
  }

  async *#lines(): AsyncGenerator<string> {
    while (!this.#ended) {
      const line = this.#typed.shift();
      if (line === undefined) await this.#changed.promise;
      else yield line;
    }
  }

  #change(): void {
    this.#changed.resolve(undefined);
    this.#changed = Promise.withResolvers<undefined>();
  }
}
