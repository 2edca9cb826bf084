/** Files to inspect, made by fflate and by hand, and what inspecting them in this thread finds. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import type { Inspection } from '../../node/inspection/index.ts';
import { inspectFile } from '../../node/inspection/inspect-file.ts';

export type Content = string | Uint8Array;

export async function inspected(name: string, content: Content, type = ''): Promise<Inspection> {
  return inspectFile(bytesOf(content), { name, type });
}

export function bytesOf(content: Content): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}

/** A zip archive of files by their paths. */
export function zipOf(files: Readonly<Record<string, Content>>): Uint8Array {
  const entries = Object.entries(files).map(([name, content]) => [name, bytesOf(content)] as const);
  return zipSync(Object.fromEntries(entries));
}

/** The codes of the risks, each once, in order. */
export function codesOf({ risks }: Inspection): readonly string[] {
  return [...new Set(risks.map(({ code }) => code))].sort();
}

/** All text. */
export function saidIn({ texts }: Inspection): string {
  return texts.map(({ text }) => text).join('\n');
}

/** Runs something with a folder of its own for files. */
export async function inFolder<T>(run: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'chancery-inspected-'));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a program in a folder. */
export function runIn(cwd: string, command: string, ...args: readonly string[]): void {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
}

const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml';

/** A document of Word with one paragraph, and further parts. */
export function wordDocument(
  paragraph: string,
  parts: Readonly<Record<string, Content>> = {},
  type = WORD,
): Uint8Array {
  return zipOf({
    '[Content_Types].xml': `<Types><Override PartName="/word/document.xml" ContentType="${type}"/></Types>`,
    'word/document.xml': `<w:document><w:body><w:p><w:r><w:t>${paragraph}</w:t></w:r></w:p></w:body></w:document>`,
    ...parts,
  });
}

/** A compound file (MS-CFB) whose directory has these names. */
export function compoundFile(names: readonly string[]): Uint8Array {
  const bytes = Buffer.alloc(512 + 128 * Math.max(names.length + 1, 4));
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(bytes);
  bytes.writeUInt16LE(9, 30);
  for (const [index, name] of ['Root Entry', ...names].entries()) {
    const at = 512 + 128 * index;
    bytes.write(name, at, 'utf16le');
    bytes.writeUInt16LE(name.length * 2 + 2, at + 64);
    bytes[at + 66] = index === 0 ? 5 : 2;
  }
  return bytes;
}

/** A PDF with one page that says something, further entries of its catalogue and page, and objects from 6 on. */
export function pdfOf(text: string, catalogue = '', page = '', further: readonly string[] = []): Uint8Array {
  const stream = `BT /F1 12 Tf 72 720 Td (${text}) Tj ET`;
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R ${catalogue} >>`,
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> ${page} >>`,
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...further,
  ];
  let pdf = '%PDF-1.7\n';
  const offsets = objects.map((object, index) => {
    const at = pdf.length;
    pdf += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const xref = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  return bytesOf(
    `${pdf}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${xref}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${pdf.length}\n%%EOF\n`,
  );
}
