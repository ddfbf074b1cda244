/** Does faults one after another on each of several sites. */
import { join } from 'node:path';
import { doFault } from './do-fault.mjs';
import { Site } from './site.mjs';

/**
 * Does faults.
 * @param options `root`: of the package; `work`: a folder; `faults`; `jobs`: number of sites; `signal` ends the campaign after
 *   the faults that are being done; `onRow(row)`; `log` prints a line of progress
 */
export async function doFaults({ root, work, faults, jobs, signal, onRow, log }) {
  const waiting = [...faults];
  const oneSite = async (number) => {
    const site = new Site({ root, folder: join(work, `site-${number}`), number });
    try {
      await site.open();
      for (let fault = waiting.shift(); fault && !signal?.aborted; fault = waiting.shift())
        await onRow(await doFault(site, fault, log));
    } finally {
      await site.close();
    }
  };
  const numbers = Array.from({ length: Math.min(jobs, faults.length) }, (_, index) => index + 1);
  await Promise.all(numbers.map(oneSite));
}
