/** HTML and SVG: the text without the tags, and whether there is active content. */
import { decodeMarkup } from '../decode.ts';
import type { InspectionDraft } from '../draft.ts';
import type { Reading } from '../part.ts';
import { localName, parseMarkup, TextLines } from './markup.ts';
import { riskOfEntities } from './xml.ts';

/** Elements that run, embed or send something. */
const ACTIVE = new Set(
  'script iframe frame object embed applet form base portal foreignobject handler'.split(' '),
);

const BLOCKS = new Set(
  'p div br li tr h1 h2 h3 h4 h5 h6 table ul ol section article header footer blockquote pre title option text tspan'.split(
    ' ',
  ),
);

/** Attributes that people see, or follow. */
const SAID = ['alt', 'title', 'value', 'placeholder', 'content', 'href', 'aria-label'];

export function readHtml({ part, draft }: Reading): void {
  const { text, cut } = decodeMarkup(part.bytes);
  if (cut) draft.cut();
  riskOfEntities(text, part.place, draft);
  draft.text(part.place, htmlText(text, part.place, draft));
}

/** The text, with one line for each block; tells of active content. */
export function htmlText(html: string, place: string, draft: InspectionDraft): string {
  const lines = new TextLines(draft.room);
  let hidden = 0;
  parseMarkup(html, false, {
    onopentag: (name, attributes) => {
      riskOfElement(localName(name), attributes, place, draft);
      if (name === 'script' || name === 'style') hidden += 1;
      for (const attribute of SAID) lines.aside(attributes[attribute] ?? '');
    },
    ontext: (text) => (hidden === 0 ? lines.add(text) : lines.aside(text)),
    oncomment: (text) => lines.aside(text),
    onclosetag: (name) => {
      if (name === 'script' || name === 'style') hidden = Math.max(0, hidden - 1);
      if (BLOCKS.has(localName(name))) lines.endLine();
      else if (name === 'td' || name === 'th') lines.add('\t');
    },
  });
  return lines.toString();
}

function riskOfElement(
  name: string,
  attributes: Readonly<Record<string, string>>,
  place: string,
  draft: InspectionDraft,
): void {
  if (ACTIVE.has(name.toLowerCase())) draft.risk('active-content', place, `holds the element ${name}`);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (/^on[a-z]/i.test(attribute)) draft.risk('active-content', place, `holds the handler ${attribute}`);
    else if (isActiveUrl(value)) draft.risk('active-content', place, `holds a link that runs a script`);
  }
  if (name === 'meta' && /refresh/i.test(attributes['http-equiv'] ?? ''))
    draft.risk('active-content', place, 'leads elsewhere when it is opened');
}

function isActiveUrl(value: string): boolean {
  // browsers pass over white space and control characters in a scheme
  const url = value.slice(0, MAX_SCHEME).replaceAll(/[\p{Cc}\p{Zs}]/gu, '');
  return /^(javascript|vbscript|data:(text\/html|image\/svg|application))/i.test(url) && url.includes(':');
}

/** Characters of a link in which its scheme is looked for. */
const MAX_SCHEME = 200;
