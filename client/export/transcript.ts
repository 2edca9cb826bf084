/** Messages for people: one page of HTML, a section for each conversation, with nothing in it that runs or is fetched. */
import { byConversation, fileOf, iso, textOf, titleOf, type ExportedMessage } from './exported-message.ts';
import { escapeText, escapeValue } from './markup.ts';

/** What the page begins with. */
export interface TranscriptHead {
  readonly domain: string;
  readonly officer: string;
  readonly made: string;
  readonly purpose: string;
  readonly case: string;
}

const STYLE = `body{font:16px/1.5 sans-serif;max-width:50em;margin:2em auto;padding:0 1em}
h2{border-top:1px solid;padding-top:1em}article{margin:1em 0}
header{font-size:85%}.text{white-space:pre-wrap;overflow-wrap:anywhere}.beside{opacity:.7}`;

/** Refuses scripts and everything from elsewhere, should an escape ever fail. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

export function writeTranscript(head: TranscriptHead, messages: readonly ExportedMessage[]): string {
  const title = `Messages archived by ${head.domain}`;
  const why = head.case === '' ? head.purpose : `${head.purpose} (case ${head.case})`;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escapeValue(POLICY)}">`,
    `<title>${escapeText(title)}</title>`,
    `<style>${STYLE}</style></head><body>`,
    `<h1>${escapeText(title)}</h1>`,
    `<p>Exported by ${escapeText(head.officer)} on ${head.made} for: ${escapeText(why)}.`,
    'Times are UTC. Each message is named by its entry in the log, and proven by the files beside this one.</p>',
    ...byConversation(messages).values().map(sectionOf),
    '</body></html>',
    '',
  ].join('\n');
}

function sectionOf(messages: readonly ExportedMessage[]): string {
  const last = messages.at(-1);
  const id = last?.event.conversation ?? '';
  const heading = last === undefined ? '' : titleOf(last);
  return [
    `<section id="c-${id}"><h2>${escapeText(heading)}</h2><p>Conversation <code>${id}</code></p>`,
    ...messages.map(articleOf),
    '</section>',
  ].join('\n');
}

function articleOf(message: ExportedMessage): string {
  const { event, sought } = message;
  const { sender, sequence } = event;
  const from = `${sender.name} <${sender.address}>, ${sender.domain} (${sender.level})`;
  return [
    `<article id="e-${sequence}"${sought ? '' : ' class="beside"'}>`,
    `<header><b>${escapeText(from)}</b> <time>${iso(event.sentAt)}</time>, archived ${iso(event.time)} as entry ${sequence}</header>`,
    `<div class="text">${escapeText(textOf(message))}</div>${fileLine(message)}</article>`,
  ].join('\n');
}

/** A link to the file that came with a message. Its name says nothing of what it is, so that a browser runs none of it. */
function fileLine(message: ExportedMessage): string {
  const file = fileOf(message);
  if (file === null) return '';
  const what = `${escapeText(file.name)} (${escapeText(file.type)}, ${file.size} bytes)`;
  if (file.path === null)
    return `\n<p class="file">${what}: not in this export, ${escapeText(file.withheld?.text ?? 'as it was not handed out')}</p>`;
  return `\n<p class="file"><a href="${escapeValue(file.path)}" download="${escapeValue(file.name)}" rel="noreferrer">${what}</a></p>`;
}
