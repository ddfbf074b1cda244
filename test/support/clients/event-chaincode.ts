/** The bundled chaincode with an event, for clients that wait for one. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { recogniseSource } from '../../../src/pipeline/fabric/source.ts';
import { PACKAGE } from '../wizard.ts';

/** Writes the bundled chaincode for the shim of a checkout, with an event that says what was moved. */
export async function chaincodeWithEvent(checkout: string, folder: string): Promise<string> {
  const { shim } = (await recogniseSource(checkout)).release;
  const text = await readFile(join(PACKAGE, 'compose/chaincode/smoke/smoke.go'), 'utf8');
  const call = 'return transfer(stub, args[0], args[1], args[2])';
  const event = `if err := stub.SetEvent("moved", []byte(args[0]+" "+args[1]+" "+args[2])); err != nil {
			return shim.Error(err.Error())
		}
		${call}`;
  const changed = text
    .replace('github.com/hyperledger/fabric/core/chaincode/shim', shim.shim)
    .replace('github.com/hyperledger/fabric/protos/peer', shim.protos)
    .replaceAll('pb.Response', shim.response)
    .replace(call, event);
  expect(changed).toContain('SetEvent');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'moved.go'), changed);
  return folder;
}
