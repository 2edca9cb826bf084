/** What custodians are told of a legal hold: in the words of the officer who placed it. */
import { z } from 'zod';

/** Characters of it: a page. */
export const MAX_HOLD_NOTICE_LENGTH = 4_096;

export const holdNoticeTextShape = z.string().min(1).max(MAX_HOLD_NOTICE_LENGTH);
