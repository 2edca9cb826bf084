/** Two channels joined: every frame of one goes to the other, unchanged, until either ends. Nothing is kept. */
import type { FrameChannel } from '../../protocol/wire/index.ts';

export async function pipe(a: FrameChannel, b: FrameChannel): Promise<void> {
  const copy = async (from: FrameChannel, to: FrameChannel): Promise<void> => {
    try {
      for (let frame = await from.read(); frame !== null; frame = await from.read()) await to.write(frame);
      await to.close();
    } catch (error) {
      from.abort(error as Error);
      to.abort(error as Error);
    }
  };
  await Promise.all([copy(a, b), copy(b, a)]);
}
