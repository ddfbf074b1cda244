import { describe, expect, it } from 'vitest';
import { crashIn } from '../../../../src/pipeline/core/crash.ts';

/** Output of Fabric 2.5.12 and of a service of this program. */
const NIL_MAP = `2026-11-29 starting
panic: assignment to entry in nil map

goroutine 25 [running]:
github.com/hyperledger/fabric-chaincode-go/shim.(*Handler).handleTransaction(0x1)
	/chaincode/src/vendor/github.com/hyperledger/fabric-chaincode-go/shim/handler.go:12 +0x25
main.smoke.Invoke({}, {0x0, 0x0})
	/chaincode/input/src/words/words.go:81 +0x34
main.main()
	/chaincode/input/src/main.go:9 +0x34`;

const MISSING_MODULE = `Options:
      --help                                  Show help  [boolean]

Error: Cannot find module './nowhere'
Require stack:
- /service/app/index.js
- /service/app/node_modules/fabric-shim/lib/contract-spi/bootstrap.js
    at Module._resolveFilename (node:internal/modules/cjs/loader:1140:15)
    at require (node:internal/modules/helpers:177:18)
    at Module._compile (/service/app/node_modules/x/index.js:3:1)
    at Object.<anonymous> (/service/app/lib/index.js:4:11)
    at Module.require (node:internal/modules/cjs/loader:1231:19) {
  code: 'MODULE_NOT_FOUND',
  requireStack: [ '/service/app/index.js' ]
}`;

const SYNTAX = `/service/app/index.js:5
  async get(context key) {
                    ^^^

SyntaxError: missing ) after argument list
    at new Script (node:vm:117:7)`;

describe('the last crash in the output of a chaincode', () => {
  it.each([
    ['a panic of Go', NIL_MAP, 'panic: assignment to entry in nil map', 'words/words.go', 81],
    [
      'a module that Node.js does not find',
      MISSING_MODULE,
      "Error: Cannot find module './nowhere'",
      'lib/index.js',
      4,
    ],
    ['a syntax error of Node.js', SYNTAX, 'SyntaxError: missing ) after argument list', 'index.js', 5],
  ])('%s has the position in the user’s file', (_, output, message, file, line) => {
    expect(crashIn(output.split('\n'))).toMatchObject({ message, file, line });
  });

  it('is found behind an earlier one', () => {
    expect(crashIn([...NIL_MAP.split('\n'), 'panic: boom', '', 'goroutine 1 [running]:'])).toEqual({
      message: 'panic: boom',
      lines: ['panic: boom', '', 'goroutine 1 [running]:'],
    });
  });

  it('is none if a program only prints errors', () => {
    expect(
      crashIn(['2026-11-29T23:38:19.665Z error [c-api:lib/handler.js] TypeError: x', 'done']),
    ).toBeUndefined();
    expect(crashIn(['Error: price service unavailable', 'the price is that of yesterday'])).toBeUndefined();
  });
});
