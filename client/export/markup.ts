/** Text in XML and HTML: what has a meaning there is escaped, what XML 1.0 does not allow at all is replaced. */

// XML 1.0, production 2: everything below a space but tab and line ends, and the two last of the plane
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\r': '&#13;',
};

/** For text of an element. */
export function escapeText(text: string): string {
  return text.replace(NOT_XML, '\ufffd').replace(/[&<>"'\r]/g, (one) => ENTITIES[one] ?? one);
}

/** For a value in quotes, where a parser would make a space of every line end and tab. */
export function escapeValue(text: string): string {
  return escapeText(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}
