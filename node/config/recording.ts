/** What a configuration says of recording: the notice that members are shown, and whether it has to be acknowledged. */
import { z } from 'zod';
import { MAX_NOTICE_LENGTH, languageTagShape } from '../../protocol/wire/index.ts';
import type { NoticePolicy } from '../recording/index.ts';
import { MAX_NOTICE_LANGUAGES } from './limits.ts';

const DEFAULT_NOTICE =
  'What you write and receive here is recorded by your organisation, and kept for as long as its rules ask, also where it ' +
  'leads to no deal. Your organisation can read it, and you can ask it for copies of it.';

export const recordingSchema = z.strictObject({
  required: z
    .boolean()
    .default(false)
    .meta({ examples: [true] })
    .describe(
      'Whether a member has to acknowledge the notice on a device before anything is taken from it. It is shown in any case.',
    ),
  notice: z
    .record(
      languageTagShape.refine((tag) => isTag(tag), 'is not a language tag (BCP 47)'),
      z.string().min(1).max(MAX_NOTICE_LENGTH),
    )
    .refine((texts) => Object.keys(texts).length > 0, 'has no text')
    .refine((texts) => Object.keys(texts).length <= MAX_NOTICE_LANGUAGES, 'has texts in too many languages')
    .default({ en: DEFAULT_NOTICE })
    .meta({
      examples: [
        { en: 'What you write here is recorded.', de: 'Was Sie hier schreiben, wird aufgezeichnet.' },
      ],
    })
    .describe(
      'What members are told of recording, by language tag. Who asks for none of these languages is told in the first.',
    ),
});

export function noticePolicyOf({ required, notice }: z.output<typeof recordingSchema>): NoticePolicy {
  return { required, texts: new Map(Object.entries(notice)) };
}

function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
