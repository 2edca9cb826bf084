/** A part of the story: it needs what stands on the stage, and changes that only by what it tells. */
import type { Stage } from './stage.ts';

export interface Chapter {
  readonly title: string;
  readonly about: string;
  readonly play: (stage: Stage) => Promise<void>;
}
