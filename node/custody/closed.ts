/** Window keys that are still there although the log says that their window is closed: after a crash, or on a replica. */
import type { Ledger } from '../ledger/index.ts';
import type { WindowKeys } from '../sealing/index.ts';

export async function destroyClosed(ledger: Ledger, windows: WindowKeys): Promise<void> {
  for (const month of windows.months) {
    if (ledger.get(ledger.keys.windowClosed(month)) !== undefined) await windows.destroy(month);
  }
}
