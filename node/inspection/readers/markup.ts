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

/** Text as it is gathered, no more than so many characters. */
export class TextLines {
  readonly #parts: string[] = [];
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

  /** Ends the line, where one was begun. */
  endLine(): void {
    if (this.#endsLine) return;
    this.add('\n');
    this.#endsLine = true;
  }

  toString(): string {
    return this.#parts.join('');
  }
}

/** The part of an element's or attribute's name behind the prefix of its namespace. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
