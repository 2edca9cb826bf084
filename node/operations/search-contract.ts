/** What a search is asked with and answers: see `protocol/search` for the language of queries. */
import { z } from 'zod';
import { MAX_QUERY_LENGTH } from '../../protocol/search/query.ts';
import { entry, grounds } from './contract-shapes.ts';
import { page, time } from './identity-shapes.ts';

export const SEARCH_OPERATIONS = {
  /** Newest first; `before` is the cursor: entries below that sequence. */
  'archive.search': {
    input: z.object({
      ...page,
      query: z.string().max(MAX_QUERY_LENGTH),
      before: z.number().int().nonnegative().optional(),
      /** Only how many match: then none is told. */
      count: z.boolean().default(false),
      /** What messages say as well, where that is not older than the delivery window. */
      text: z.boolean().default(false),
      ...grounds,
    }),
    output: z.object({
      found: z.array(
        z.object({
          sequence: z.number(),
          /** Null where the entry itself is damaged, as is `message`. */
          time: time.nullable(),
          direction: z.enum(['in', 'out']).nullable(),
          message: entry.shape.message,
          /** Who is in its conversation now. */
          people: z.array(z.string()),
        }),
      ),
      /** All that match, or below the cursor; null where they were not to be counted. */
      count: z.number().nullable(),
      next: z.number().nullable(),
    }),
  },
} as const;
