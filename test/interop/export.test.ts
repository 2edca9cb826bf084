/** An export in the programs it is made for: Python's mail and CSV readers, a mail program, XML and ZIP tools. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { unzipSync } from 'fflate';
import { FILES, GROUNDS, TEXTS, TITLE, exportWorld, type ExportWorld } from '../support/export-world.ts';
import { requireCommands } from '../support/requirements.ts';
import { checkRsmfManifest, type RsmfManifest } from '../support/rsmf-rules.ts';

interface Line {
  readonly entry: number;
  readonly id: string;
  readonly sent: string;
  readonly conversation: { readonly id: string; readonly title: string; readonly members: readonly string[] };
  readonly sender: { readonly address: string; readonly name: string };
  readonly parents: readonly string[];
  readonly content: {
    readonly kind: string;
    readonly text?: string;
    readonly file?: {
      readonly name: string;
      readonly type: string;
      readonly size: number;
      readonly digest: string;
    };
  };
  readonly file?: { readonly path: string | null };
}

interface Mail {
  readonly entry: number;
  readonly from: readonly (readonly [string, string])[];
  readonly to: readonly string[];
  readonly bcc: string | null;
  readonly subject: string;
  readonly date: number;
  readonly id: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  readonly text: string;
  readonly defects: readonly string[];
  readonly files: readonly (readonly [string, string, string, string])[];
}

const ATTACHED = FILES.map(({ name }) => `with ${name}`);

let world: ExportWorld;
let folder: string;
let lines: Line[];

before(async () => {
  world = await exportWorld({ closes: false });
  ({ folder } = await world.export());
  lines = read('messages.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
});

after(async () => {
  await world[Symbol.asyncDispose]();
});

function read(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

/** `messages.jsonl` is what the others are held against; and that is held against what was written. */
test('C13: JSON Lines hold every message as it was written', () => {
  const said = lines.flatMap(({ content }) => content.text ?? []);
  assert.deepEqual(said, [...TEXTS, 'answered from elsewhere', 'the last word', 'between us', ...ATTACHED]);
  assert.equal(lines[0]?.conversation.title, TITLE);
});

test('C13: Python opens EML and mbox: addresses, dates, subjects, threads and texts', (t) => {
  if (!requireCommands(t, ['python3'], 'python3')) return;
  const seen = JSON.parse(
    execFileSync('python3', [join(import.meta.dirname, 'read-export.py'), folder], { encoding: 'utf8' }),
  ) as { eml: Mail[]; mbox: Mail[]; rows: Record<string, string>[] };
  assert.deepEqual(seen.mbox.map(comparable), seen.eml.map(comparable));
  assert.deepEqual(
    seen.eml.map(({ entry }) => entry),
    lines.map(({ entry }) => entry),
  );
  const named = (id: string): string => `<${id}@chancery.invalid>`;
  for (const [at, mail] of seen.eml.entries()) {
    const { id, conversation, sender, sent, parents, content } = lines[at]!;
    const others = conversation.members.filter((address) => address !== sender.address);
    const subject = conversation.title === '' ? conversation.members.join(', ') : conversation.title;
    assert.deepEqual(mail.from, [[sender.name, sender.address]]);
    assert.deepEqual([mail.to, mail.bcc, mail.defects], [others, null, []]);
    assert.equal(mail.subject, subject.replace(/\r\n/, ' '));
    assert.equal(mail.date, Math.floor(Date.parse(sent) / 1000));
    assert.equal(mail.id, named(id));
    assert.equal(mail.inReplyTo, parents.length === 0 ? null : named(parents.at(-1)!));
    if (id !== conversation.id) assert.equal(mail.references[0], named(conversation.id));
    for (const parent of parents) assert.ok(mail.references.includes(named(parent)));
    if (content.kind === 'attachment')
      assert.ok(trimmed(mail.text).includes(`]\n${content.text}\n[the file is attachments/`));
    else if (content.text !== undefined) assert.equal(trimmed(mail.text), trimmed(content.text));
  }
  const files = seen.eml.flatMap((mail) => mail.files);
  assert.deepEqual(
    files,
    FILES.map(({ name, type, bytes }) => [
      ...[name, type === 'message/rfc822' ? 'application/octet-stream' : type, 'attachment'],
      createHash('sha256').update(bytes).digest('hex'),
    ]),
  );
  for (const [at, row] of seen.rows.entries()) checkRow(row, lines[at]!);
});

test('C13: a mail program opens the mbox and shows its threads', (t) => {
  if (!requireCommands(t, ['neomutt', 'script'], 'neomutt bsdutils')) return;
  const above = join(folder, '..');
  const [shown, settings] = [join(above, 'shown'), join(above, 'neomuttrc')];
  const piped = `push "<tag-pattern>~A<enter><pipe-message>cat > ${shown}<enter><exit>"`;
  const set = [
    `set folder=${above}`,
    'set sort=threads',
    'set auto_tag=yes',
    'set pipe_decode=yes',
    'set wait_key=no',
    piped,
  ];
  writeFileSync(settings, `${set.join('\n')}\n`);
  const command = `neomutt -n -F ${settings} -R -f ${join(folder, 'messages.mbox')}`;
  spawnSync('script', ['-qec', command, '/dev/null'], {
    env: { ...process.env, TERM: 'xterm', LC_ALL: 'C.UTF-8', HOME: above },
    input: '',
    timeout: 60_000,
  });
  const text = readFileSync(shown, 'utf8');
  const entries = [...text.matchAll(/^X-Chancery-Entry: (\d+)$/gm)].map(([, entry]) => Number(entry));
  assert.deepEqual(
    entries,
    lines.map(({ entry }) => entry),
  );
  assert.ok(text.includes('plan “Q3” 漢字.pdf'), 'the name of a file');
  for (const said of ['From the top\nFrom here on, and\n>From there', 'über 漢字', 'answered from elsewhere'])
    assert.ok(text.includes(said), said);
});

test('C13: CSV comes back as it was written, whatever is in it', () => {
  const rows = parse<Record<string, string>>(readFileSync(join(folder, 'messages.csv')), {
    bom: true,
    columns: true,
    record_delimiter: '\r\n',
  });
  assert.equal(rows.length, lines.length);
  for (const [at, row] of rows.entries()) checkRow(row, lines[at]!);
});

test('C13: RSMF files obey the published rules, and hold every message once', (t) => {
  if (!requireCommands(t, ['python3'], 'python3')) return;
  const script =
    'import email,email.policy,sys,json,base64\n' +
    'm=email.message_from_bytes(open(sys.argv[1],"rb").read(),policy=email.policy.default)\n' +
    'a=[p for p in m.iter_attachments()]\n' +
    'print(json.dumps({"headers":dict(m.items()),"body":m.get_body().get_content(),"attachments":' +
    '[[p.get_filename(),p["content-transfer-encoding"],p["content-disposition"].content_disposition,' +
    'base64.b64encode(p.get_content()).decode()] for p in a]}))';
  const events: RsmfManifest['events'] = [];
  const names: (string | undefined)[] = [];
  for (const name of readdirSync(join(folder, 'rsmf'))) {
    assert.match(name, /^[0-9a-f]{16}-\d{3}\.rsmf$/);
    const out = execFileSync('python3', ['-c', script, join(folder, 'rsmf', name)], {
      ...{ encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 },
    });
    const { headers, body, attachments } = JSON.parse(out) as {
      headers: Record<string, string>;
      body: string;
      attachments: [string, string, string, string][];
    };
    assert.equal(attachments.length, 1);
    const [filename, encoding, disposition, content] = attachments[0]!;
    assert.deepEqual([filename, encoding, disposition], ['rsmf.zip', 'base64', 'attachment']);
    const zip = unzipSync(Buffer.from(content, 'base64'));
    const manifest = checkRsmfManifest(Buffer.from(zip['rsmf_manifest.json']!).toString());
    const held = manifest.events.flatMap((event) => event.attachments ?? []);
    assert.deepEqual(
      Object.keys(zip).sort(),
      [...new Set(held.map((one) => one.id)), 'rsmf_manifest.json'].sort(),
    );
    for (const { id, display, size } of held) {
      const { bytes } = FILES.find((file) => file.name === display)!;
      assert.ok(bytes.equals(zip[id]!));
      assert.equal(size, bytes.length);
    }
    names.push(...held.map(({ display }) => display));
    assert.equal(headers['X-RSMF-AttachmentCount'], String(Object.keys(zip).length - 1));
    assert.equal(headers['X-RSMF-Version'], '2.0.0');
    assert.equal(headers['X-RSMF-EventCount'], String(manifest.events.length));
    assert.ok(body.includes(manifest.events[1]!.body!.slice(0, 10)));
    events.push(...manifest.events);
  }
  assert.deepEqual(events.map(({ id }) => id).sort(), lines.map(({ id }) => id).sort());
  assert.deepEqual(
    names,
    FILES.map(({ name }) => name),
  );
  for (const { id, body } of events) {
    const { content } = lines.find((line) => line.id === id)!;
    if (content.text !== undefined && content.kind !== 'attachment') assert.equal(body, content.text);
  }
});

test('C13: the EDRM load file is well-formed, and names each mail with its hash', (t) => {
  if (!requireCommands(t, ['xmllint', 'sha256sum'], 'libxml2-utils coreutils')) return;
  const xpath = (query: string): string =>
    execFileSync('xmllint', ['--xpath', query, join(folder, 'edrm.xml')], { encoding: 'utf8' }).trim();
  assert.equal(
    xpath('count(/Root[@MajorVersion="1"][@MinorVersion="2"]/Batch/Documents/Document[@DocType="Message"])'),
    String(lines.length),
  );
  for (const { entry, sender, content } of lines) {
    const document = `/Root/Batch/Documents/Document[@DocID="${entry}"]`;
    const file = `${document}/Files/File[@FileType="Native"]/ExternalFile`;
    const name = join(xpath(`string(${file}/@FilePath)`), xpath(`string(${file}/@FileName)`));
    const [hash] = execFileSync('sha256sum', [join(folder, name)], { encoding: 'utf8' }).split(' ');
    assert.equal(xpath(`string(${file}/@Hash)`), hash);
    const from = xpath(`string(${document}/Tags/Tag[@TagName="#From"]/@TagValue)`);
    assert.equal(from, `${sender.name} <${sender.address}>`);
    if (content.file === undefined) continue;
    const related = `/Root/Batch/Relationships/Relationship[@Type="Attachment"][@ParentDocId="${entry}"]/@ChildDocId`;
    const child = `/Root/Batch/Documents/Document[@DocID="${xpath(`string(${related})`)}"][@DocType="File"]`;
    assert.equal(xpath(`string(${child}/Tags/Tag[@TagName="#FileName"]/@TagValue)`), content.file.name);
    const native = `${child}/Files/File[@FileType="Native"]/ExternalFile`;
    const path = join(xpath(`string(${native}/@FilePath)`), xpath(`string(${native}/@FileName)`));
    const [sum] = execFileSync('sha256sum', [join(folder, path)], { encoding: 'utf8' }).split(' ');
    assert.deepEqual([xpath(`string(${native}/@Hash)`), sum], [content.file.digest, content.file.digest]);
  }
});

test('C4: the transcript shows every message, and runs nothing of what was said', (t) => {
  const page = read('transcript.html');
  assert.ok(page.includes(`for: ${GROUNDS.purpose} (case ${GROUNDS.case})`));
  for (const { entry } of lines) assert.ok(page.includes(`<article id="e-${entry}"`));
  assert.ok(page.includes('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot;'));
  assert.doesNotMatch(page, /<script|<img|\u0000|\u0007/);
  const links = [...page.matchAll(/<a href="([^"]*)" download="([^"]*)"/g)].map(([, href]) => href);
  assert.deepEqual(
    links,
    lines.flatMap(({ file }) => file?.path ?? []),
  );
  for (const href of links) assert.match(href, /^attachments\/[0-9a-f]{64}\.bin$/);
  assert.match(page, /Content-Security-Policy" content="default-src &#39;none&#39;/);
  if (!requireCommands(t, ['xmllint'], 'libxml2-utils')) return;
  const { status } = spawnSync('xmllint', [
    '--html',
    '--noout',
    '--nowarning',
    join(folder, 'transcript.html'),
  ]);
  assert.equal(status, 0);
});

function comparable({ text, ...mail }: Mail): object {
  return { ...mail, text: trimmed(text) };
}

/** Mail has one kind of line end, and one at the end. */
function trimmed(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/\n+$/, '');
}

function checkRow(
  row: Record<string, string>,
  { entry, id, sender, conversation, parents, content, file }: Line,
): void {
  assert.deepEqual(
    [row['entry'], row['message'], row['sender'], row['name'], row['title'], row['parents']],
    [String(entry), id, sender.address, sender.name, conversation.title, parents.join(' ')],
  );
  assert.deepEqual(
    [row['file'], row['file bytes'], row['file sha256'], row['file path']],
    [
      ...[content.file?.name ?? '', String(content.file?.size ?? ''), content.file?.digest ?? ''],
      file?.path ?? '',
    ],
  );
  if (content.kind === 'attachment') assert.ok(row['text']!.endsWith(`\n${content.text}`));
  else if (content.text !== undefined) assert.equal(row['text'], content.text);
}
