import { describe, expect, it } from 'vitest';
import { isBuilt, isCompiled } from '../../../../src/pipeline/images/fingerprint.ts';

describe('isCompiled', () => {
  it.each([
    'peer/main.go',
    'core/peer/peer.go',
    'vendor/github.com/miekg/pkcs11/pkcs11.h',
    'vendor/github.com/mattn/x/sqlite3.c',
    'vendor/golang.org/x/crypto/sum_amd64.s',
    'core/chaincode/shim/shim.go',
    // The peer imports them in 1.2 to 1.4.
    'integration/helpers/images.go',
    'integration/runner/couchdb.go',
    // Selects the files of the shim for ccenv.
    'scripts/goListFiles.sh',
    'common/testing.go',
    'core/docs/docs.go',
  ])('%s', (path) => {
    expect(isCompiled(path)).toBe(true);
    expect(isBuilt(path)).toBe(true);
  });
});

describe('neither compiled nor built', () => {
  it.each([
    'core/peer/peer_test.go',
    'integration/e2e/e2e_suite_test.go',
    'core/peer/_draft.go',
    'core/peer/.hidden.go',
    '.main.go',
    'docs/source/example.go',
    'examples/chaincode/go/example02/chaincode.go',
    'test/regression/daily.go',
    'bddtests/x.go',
    'unit-test/run.sh',
    'scripts/check_spelling.sh',
    'README.md',
    'docs/source/peer.md',
    'core/peer/README.md',
    'Makefile',
  ])('%s', (path) => {
    expect(isCompiled(path)).toBe(false);
    expect(isBuilt(path)).toBe(false);
  });
});

describe('built, but not compiled', () => {
  it.each(['sampleconfig/core.yaml', 'sampleconfig/msp/config.yaml', 'images/peer/Dockerfile.in'])(
    '%s',
    (path) => {
      expect(isCompiled(path)).toBe(false);
      expect(isBuilt(path)).toBe(true);
    },
  );
});
