/** What policy knows of files: from when they were looked into until their messages are decided about, and not before. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { FileFindings, type Inspection } from '../../../node/inspection/index.ts';
import { inspectFile } from '../../../node/inspection/inspect-file.ts';
import { InspectedFiles } from '../../../node/policy/index.ts';
import { FILE_CHUNK_BYTES, type Content, type DecodedMessage } from '../../../protocol/message/index.ts';
import { bytesOf } from '../../support/inspected.ts';

/** A message with a file, as far as it is looked at here. */
function messageOf(text: string): DecodedMessage {
  const digest = new Uint8Array(createHash('sha256').update(text).digest());
  const named = { name: 'a.txt', type: 'text/plain', size: text.length, digest };
  const content: Content = {
    kind: 'attachment',
    text: '',
    file: { ...named, chunkBytes: FILE_CHUNK_BYTES },
  };
  return { content } as DecodedMessage;
}

interface Given {
  /** Why the next inspections do not come to anything. */
  readonly failed?: string[];
  readonly has?: boolean;
}

function filesWith({ failed = [], has = true }: Given = {}): InspectedFiles {
  const inspect = async (content: Uint8Array): Promise<Inspection> => {
    const found = await inspectFile(content, { name: 'a.txt', type: 'text/plain' });
    const reason = failed.shift();
    return reason === undefined ? found : { ...found, texts: [], failed: reason };
  };
  const findings = new FileFindings({ inspect, scanners: [], now: () => 0 });
  return new InspectedFiles({
    findings,
    incoming: { has: () => has, content: () => Promise.resolve(bytesOf('words')) },
  });
}

function codeOf(files: InspectedFiles, message: DecodedMessage): string | undefined {
  return files.refuse(message)?.refusal.code;
}

test('a file is known from when it was looked into until its message was decided about', async () => {
  const files = filesWith();
  const message = messageOf('words');
  assert.equal(codeOf(files, message), 'attachment.missing');
  await files.look([message], 'partner.test');
  assert.equal(codeOf(files, message), undefined);
  assert.deepEqual(files.of(message.content)?.texts, [{ place: 'a.txt', text: 'words' }]);
  const { id, content } = message;
  assert.ok(content.kind === 'attachment');
  assert.deepEqual(files.recordOf(message), {
    ...{ message: id, digest: content.file.digest },
    ...{ type: 'text/plain', states: ['unscanned'], risks: [], failed: null, verdicts: [] },
  });
  files.release([message]);
  assert.equal(codeOf(files, message), 'attachment.missing');
});

test('of one file in two messages at once, the one that is decided about first takes nothing from the other', async () => {
  const files = filesWith();
  const [one, other] = [messageOf('words'), messageOf('words')];
  await Promise.all([files.look([one], 'partner.test'), files.look([other], 'other.test')]);
  files.release([one]);
  assert.equal(codeOf(files, other), undefined);
  assert.equal(files.of(other.content)?.texts.length, 1);
});

for (const reason of ['busy', 'stopped']) {
  test(`a file that this node could not look into now (${reason}) comes again, and is looked into then`, async () => {
    const files = filesWith({ failed: [reason] });
    const message = messageOf('words');
    await files.look([message], 'partner.test');
    assert.equal(codeOf(files, message), 'limit.exceeded');
    files.release([message]);
    await files.look([message], 'partner.test');
    assert.equal(codeOf(files, message), undefined);
  });
}

test('a file that could not be read from disk comes again, and one that took too long is decided about', async () => {
  const message = messageOf('words');
  const gone = new InspectedFiles({
    findings: new FileFindings({
      inspect: () => assert.fail('there is nothing to look into'),
      ...{ scanners: [], now: () => 0 },
    }),
    incoming: { has: () => true, content: () => Promise.resolve(undefined) },
  });
  await gone.look([message], 'partner.test');
  assert.equal(codeOf(gone, message), 'limit.exceeded');
  const slow = filesWith({ failed: ['timeout'] });
  await slow.look([message], 'partner.test');
  assert.deepEqual(slow.of(message.content)?.states, ['unreadable', 'unscanned']);
  assert.equal(codeOf(slow, message), undefined);
});

test('a file that is not here is asked for, and not looked into', async () => {
  const files = filesWith({ has: false });
  const message = messageOf('words');
  await files.look([message], 'partner.test');
  assert.equal(codeOf(files, message), 'attachment.missing');
});
