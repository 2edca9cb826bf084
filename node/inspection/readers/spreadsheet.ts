/** The sheets of a workbook (ECMA-376, SpreadsheetML): a line for each row, cells separated by tabs. */
import { localName, parseMarkup, sayAttributes, TextLines } from './markup.ts';

/** The part with the strings that cells refer to, under the name that all programs give it. */
export const SHARED_STRINGS = 'xl/sharedStrings.xml';

/** Strings that cells refer to; Excel holds no more than so many in a cell's reach. */
const MAX_STRINGS = 1_000_000;

/** Names of sheets by the parts that hold them, such as `xl/worksheets/sheet1.xml`; hidden ones too. */
export function sheetNames(parts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const targets = new Map<string, string>();
  parseMarkup(parts.get('xl/_rels/workbook.xml.rels') ?? '', true, {
    onopentag: (_, { Id, Target }) => {
      if (Id !== undefined && Target !== undefined) targets.set(Id, partOf(Target));
    },
  });
  parseMarkup(parts.get('xl/workbook.xml') ?? '', true, {
    onopentag: (tag, attributes) => {
      const id = Object.entries(attributes).find(([attribute]) => localName(attribute) === 'id')?.[1];
      const part = targets.get(id ?? '');
      if (localName(tag) === 'sheet' && part !== undefined) names.set(part, attributes['name'] ?? '');
    },
  });
  return names;
}

function partOf(target: string): string {
  return target.startsWith('/') ? target.slice(1) : `xl/${target}`;
}

export function sharedStrings(parts: ReadonlyMap<string, string>): readonly string[] {
  const strings: string[] = [];
  let current: string | undefined;
  parseMarkup(parts.get(SHARED_STRINGS) ?? '', true, {
    onopentag: (tag) => {
      if (localName(tag) === 'si') current = '';
    },
    ontext: (text) => {
      if (current !== undefined) current += text;
    },
    onclosetag: (tag) => {
      if (localName(tag) !== 'si' || current === undefined) return;
      if (strings.length < MAX_STRINGS) strings.push(current);
      current = undefined;
    },
  });
  return strings;
}

/**
 * What a sheet says: values, formulas and strings. A little more than the limit where it has more.
 * @param used takes up which strings it refers to
 */
export function sheetText(
  xml: string,
  strings: readonly string[],
  limit: number,
  used: Set<number> = new Set(),
): string {
  const lines = new TextLines(limit);
  let isShared = false;
  let element = '';
  let value = '';
  parseMarkup(xml, true, {
    onopentag: (tag, attributes) => {
      element = localName(tag);
      if (element === 'c') isShared = attributes['t'] === 's';
      else sayAttributes(attributes, lines, false);
      value = '';
    },
    ontext: (text) => {
      if (element === 'v' && isShared) value += text;
      else if (element === 'f') lines.add(`=${text} `);
      else lines.add(text);
    },
    onclosetag: (tag) => {
      const name = localName(tag);
      if (name === 'v' && isShared) {
        used.add(Number(value));
        lines.add(strings[Number(value)] ?? '');
      }
      if (name === 'c') lines.add('\t');
      else if (name === 'row' || element === 'oddHeader' || element === 'oddFooter') lines.endLine();
      element = '';
    },
  });
  return lines.toString();
}
