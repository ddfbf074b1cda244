import { describe, expect, it } from 'vitest';
import { compileErrors } from '../../../../src/pipeline/images/compile-errors.ts';

/** Returns `file:line message` for each error in the output of Go 1.19. */
function places(text: string): string[] {
  return compileErrors(text.split('\n')).map(({ file, line, message }) => `${file}:${line} ${message}`);
}

describe('compileErrors', () => {
  it('reads the errors of several packages in order, including vendored ones', () => {
    const text = `
github.com/hyperledger/fabric/core/peer
# github.com/hyperledger/fabric/core/peer
core/peer/peer.go:7:12: cannot use S{} (value of type S) as type I in variable declaration:
	S does not implement I (missing Foo method)
core/peer/peer.go:9:7: undefined: undefinedThing
github.com/hyperledger/fabric/vendor/github.com/x/y
# github.com/hyperledger/fabric/vendor/github.com/x/y
vendor/github.com/x/y/y.go:3:12: undefined: unknown`;
    expect(places(text)).toEqual([
      'core/peer/peer.go:7 cannot use S{} (value of type S) as type I in variable declaration:',
      'core/peer/peer.go:9 undefined: undefinedThing',
      'vendor/github.com/x/y/y.go:3 undefined: unknown',
    ]);
  });

  it.each([
    ['without a column', 'peer/main.go:4: undefined: x', 'peer/main.go:4 undefined: x'],
    [
      'in the folder itself',
      './main.go:3:12: syntax error: unexpected {',
      'main.go:3 syntax error: unexpected {',
    ],
    ['with colons in what it says', 'a/b.go:1:2: x: y:3: z', 'a/b.go:1 x: y:3: z'],
    [
      'of an empty file',
      "emp/main.go:1:2: expected 'package', found 'EOF'",
      "emp/main.go:1 expected 'package', found 'EOF'",
    ],
  ])('reads a position %s', (_, line, place) => {
    expect(places(line)).toEqual([place]);
  });

  it('reads an error about a missing import', () => {
    const text = `imp/main.go:3:8: cannot find package "github.com/not/there" in any of:
	/opt/gopath/src/github.com/hyperledger/fabric/vendor/github.com/not/there (vendor tree)
	/usr/lib/go-1.19/src/github.com/not/there (from $GOROOT)`;
    expect(places(text)).toEqual(['imp/main.go:3 cannot find package "github.com/not/there" in any of:']);
  });

  it('ignores `too many errors`', () => {
    const text = `# github.com/hyperledger/fabric/many
many/main.go:12:2: undefined: a9
many/main.go:13:2: undefined: a10
many/main.go:13:2: too many errors`;
    expect(places(text)).toEqual(['many/main.go:12 undefined: a9', 'many/main.go:13 undefined: a10']);
  });

  it('reads errors of the C compiler, but not its notes', () => {
    const text = `# github.com/hyperledger/fabric/cg
cg/main.go:4:10: fatal error: nothere.h: No such file or directory
    4 | #include <nothere.h>
      |          ^~~~~~~~~~~
compilation terminated.
nocgo/main.go: In function 'f':
nocgo/main.go:4:29: error: 'g' undeclared (first use in this function)
nocgo/main.go:4:29: note: each undeclared identifier is reported only once for each function it appears in
vendor/github.com/miekg/pkcs11/pkcs11.go:29:10: warning: unused variable
core/x/sum_amd64.s:12: unrecognized instruction "FOO"`;
    expect(places(text)).toEqual([
      'cg/main.go:4 fatal error: nothere.h: No such file or directory',
      "nocgo/main.go:4 error: 'g' undeclared (first use in this function)",
      'core/x/sum_amd64.s:12 unrecognized instruction "FOO"',
    ]);
  });

  it('ignores warnings of the static linker and files outside the checkout', () => {
    const text = `# github.com/hyperledger/fabric/peer
/usr/bin/ld: /tmp/go-link-3384181555/000023.o: in function \`mygetgrouplist':
/_/os/user/getgrouplist_unix.go:15: warning: Using 'getgrouplist' in statically linked applications requires at runtime the shared libraries from the glibc version used for linking
/tmp/go-build/cgo_unix.cgo2.c:58: warning: Using 'getaddrinfo' in statically linked applications requires at runtime the shared libraries from the glibc version used for linking
/tmp/go-build/main.cgo2.c:52: undefined reference to \`nowhere'
collect2: error: ld returned 1 exit status`;
    expect(places(text)).toEqual([]);
  });

  it('finds nothing in output without positions', () => {
    const text = `package github.com/hyperledger/fabric/c1
	imports github.com/hyperledger/fabric/c2
	imports github.com/hyperledger/fabric/c1: import cycle not allowed`;
    expect(places(text)).toEqual([]);
  });

  it('reports an error once that two commands print', () => {
    const line = 'core/chaincode/shim/response.go:50:14: syntax error: unexpected {, expecting )';
    expect(places(`${line}\n${line}`)).toHaveLength(1);
    expect(places(`${line}\ncore/chaincode/shim/response.go:50:20: undefined: x`)).toHaveLength(2);
  });
});
