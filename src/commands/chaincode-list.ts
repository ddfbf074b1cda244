/** `chaincode list`: what the channels have, what is installed, and what runs. */
import { EXIT } from '../pipeline/core/failure.ts';
import { renderChaincodes, unreachableText } from '../report/chaincode-text.ts';
import { chaincodeNetwork } from './chaincode-network.ts';
import { chaincodeRows } from './chaincode-service.ts';
import { loadEffectiveConfig } from './load-config.ts';
import {
  cancellable,
  columnsOf,
  printJson,
  styleFor,
  type Terminal,
  writeToStderr,
  writeToStdout,
} from './terminal.ts';

export async function list(terminal: Terminal): Promise<number> {
  const { chaincodes } = await loadEffectiveConfig(terminal.dir, {});
  return cancellable(async (signal) => {
    const network = await chaincodeNetwork(terminal, 'chaincode list', signal);
    const { rows, unreachable } = await chaincodeRows(network, chaincodes, signal);
    const style = styleFor(terminal, process.stdout);
    const problem = unreachableText(unreachable, style);
    const isWhole = problem === undefined;
    if (terminal.json) printJson({ ok: isWhole, chaincodes: rows, unreachable });
    else {
      if (rows.length > 0 || isWhole)
        writeToStdout(`${renderChaincodes(rows, style, columnsOf(process.stdout))}\n`);
      const { t, warn, symbol, command } = styleFor(terminal, process.stderr);
      if (!isWhole)
        writeToStderr(
          `${warn(`${symbol.warn} ${problem}`)}\n  ${t('failure.next')}\n    ${command('fabric-wizard up --yes')}`,
        );
    }
    return isWhole ? EXIT.done : EXIT.stageFailed;
  });
}
