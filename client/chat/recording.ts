/** How a member is told that what is written is recorded, and says that they were. */
import type { Client } from '../index.ts';
import type { Voice } from './voice.ts';

/** Shows the notice to whoever runs a command, until it is acknowledged; with `accept` it is from now on. */
export async function tellOfRecording(client: Client, voice: Voice, accept: boolean): Promise<void> {
  const notice = client.recordingNotice;
  if (notice === null || notice.acknowledged) return;
  voice.note(notice.text);
  if (accept) await client.acknowledgeRecording();
  else
    voice.note(
      notice.required
        ? 'Nothing is taken from this device before you acknowledge that: add --accept-recording'
        : 'To acknowledge that, and not be told again: add --accept-recording',
    );
}
