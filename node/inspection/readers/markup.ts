/**
 * XML and HTML as text, by htmlparser2: it resolves no entities but those of the standards, and fetches nothing. Guarantees:
 * time and room grow no faster than the markup; what is no well-formed markup is read all the same.
 */
import { Parser, type Handler } from 'htmlparser2';

/** Has the parser tell the handler of all of it. */
export function parseMarkup(text: string, isXml: boolean, handler: Partial<Handler>): void {
  const parser = new Parser(handler, { xmlMode: isXml, decodeEntities: true });
  parser.end(text);
}

/** Attributes of documents' elements that people see. */
const SAID = new Set('descr title alt tooltip display prompt promptTitle error errorTitle instr'.split(' '));

/** What the attributes of an element say, apart from its text. @param all whether each is a value, as in data */
export function sayAttributes(
  attributes: Readonly<Record<string, string>>,
  lines: TextLines,
  all: boolean,
): void {
  for (const [name, value] of Object.entries(attributes))
    if (all ? !name.startsWith('xmlns') : SAID.has(localName(name))) lines.aside(value);
}

/** Text as it is gathered, no more than so many characters. */
export class TextLines {
  readonly #parts: string[] = [];
  readonly #asides: string[] = [];
  readonly #limit: number;
  #length = 0;
  #endsLine = true;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isFull(): boolean {
    return this.#length > this.#limit;
  }

  add(text: string): void {
    if (text === '' || this.isFull) return;
    this.#parts.push(text);
    this.#length += text.length;
    this.#endsLine = false;
  }

  /** Keeps what stands in the midst of a text and is no part of it, to come behind it: a word that it stands in stays whole. */
  aside(text: string): void {
    if (text.trim() === '' || this.isFull) return;
    this.#asides.push(text);
    this.#length += text.length + 1;
  }

  /** Ends the line, where one was begun. */
  endLine(): void {
    if (this.#endsLine) return;
    this.add('\n');
    this.#endsLine = true;
  }

  toString(): string {
    const text = this.#parts.join('');
    const gap = text === '' || this.#endsLine || this.#asides.length === 0 ? '' : '\n';
    return `${text}${gap}${this.#asides.map((aside) => `${aside}\n`).join('')}`;
  }
}

/** The part of an element's or attribute's name behind the prefix of its namespace. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
