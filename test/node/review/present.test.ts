/** What officers are shown of an item fits a frame, whatever whoever wrote it gave to be found. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Queued, RecordOf } from '../../../node/ledger/index.ts';
import { LISTED, shownItem, WHOLE } from '../../../node/review/index.ts';
import { encodeCbor } from '../../../protocol/encoding/index.ts';
import { deviceAnswerShape, MAX_FRAME_BYTES, MAX_REVIEWS } from '../../../protocol/wire/index.ts';

/** Three bytes in UTF-8, the most for one character as lengths are counted. */
const WIDE = '語';

const wide = (length: number): string => WIDE.repeat(length);

function largest(): Queued {
  const finding = { type: wide(160), kind: wide(64), place: wide(512), start: 2 ** 31, end: 2 ** 31 };
  const reasons: RecordOf<'decision'>['reasons'] = Array.from({ length: 256 }, () => ({
    ...{ rule: 'r'.repeat(64), control: 'attachment', outcome: 'hold' },
    ...{ findings: Array.from({ length: 64 }, () => finding), found: 2 ** 31 },
  }));
  const decision: RecordOf<'decision'> = {
    ...{ message: new Uint8Array(32), conversation: new Uint8Array(32), sender: wide(320) },
    ...{ direction: 'in', policy: 3, outcome: 'hold', flagged: true, reasons, confirmed: wide(1_024) },
  };
  const review: NonNullable<Queued['review']> = {
    ...{ decision: 41, message: new Uint8Array(32), outcome: 'escalated', actor: wide(320), device: null },
    ...{ reason: wide(1_024), sequence: 45, time: 1_800_000_000_000 },
  };
  return { kind: 'decision', decision, sequence: 41, time: 1_800_000_000_000, review };
}

test('a page of the queue, and one item of it, fit a frame with the longest of everything', () => {
  const messages = { position: () => 42 };
  const may = ['release', 'reject', 'escalated'] as const;
  const listed = { ...shownItem(largest(), messages, LISTED), may: [...may] };
  const shown = { ...shownItem(largest(), messages, WHOLE), may: [...may] };
  const items = Array.from({ length: MAX_REVIEWS }, () => listed);
  const page = { type: 'review-listed', id: 1, items, next: 41, waiting: 100_000, oldest: 0 } as const;
  for (const answer of [page, { type: 'review-shown', id: 1, item: shown } as const]) {
    assert.ok(deviceAnswerShape.safeParse(answer).success);
    const { length } = encodeCbor(answer);
    assert.ok(length <= MAX_FRAME_BYTES, `${answer.type}: ${length} bytes`);
  }
  assert.ok((listed.reasons[0]?.findings.length ?? 0) > 0);
  assert.equal(listed.reasons[0]?.found, 2 ** 31);
});
