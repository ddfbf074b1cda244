/** Which suites of integration tests there are, and which images their specs need. */
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { REQUIRE_PROGRAMS } from '../../../../src/pipeline/stages/suites.ts';
import { namedSuites, suitesIn } from '../../../../src/pipeline/tests/suite-choice.ts';
import { suiteNeeds, unrequired } from '../../../../src/pipeline/tests/suite-needs.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const SUITES = ['lifecycle', 'nwo', 'nwo/runner', 'sbe'];

describe('the suites of a checkout', () => {
  it('are the folders below integration/ with tests', () => {
    const paths = [
      'integration/sbe/sbe_suite_test.go',
      'integration/sbe/sbe_test.go',
      'integration/nwo/network.go',
      'integration/nwo/nwo_suite_test.go',
      'integration/nwo/runner/kafka_test.go',
      'integration/lifecycle/lifecycle_test.go',
      'integration/chaincode/simple/chaincode.go',
      'integration/ledger/testdata/x_test.go',
      'integration/ports_test.go',
      'core/peer/peer_test.go',
    ];
    expect(suitesIn(paths)).toEqual(SUITES);
  });

  it.each([
    [['sbe'], { suites: ['sbe'] }],
    [['integration/sbe', './integration/sbe/', 'sbe'], { suites: ['sbe'] }],
    [['github.com/hyperledger/fabric/integration/nwo/runner'], { suites: ['nwo/runner'] }],
    [['lifecycle', 'sbe'], { suites: ['lifecycle', 'sbe'] }],
    [['sbe', 'lifecycel'], { unknown: 'lifecycel', meant: 'lifecycle' }],
    [['core/peer'], { unknown: 'core/peer', meant: undefined }],
  ])('%j', (names, expected) => {
    expect(namedSuites(names, SUITES)).toEqual(expected);
  });
});

const RUNNERS = [
  'package runner\n\nconst (\n\tCouchDBDefaultImage = "couchdb:9"\n\tCouchDBUsername = "admin"\n)\n',
  'package runner\n\nconst KafkaDefaultImage = "example/kafka:1"\n',
  'package runner\n\nconst ZooKeeperDefaultImage = "example/zookeeper:1"\n',
];

const START = `package x
import . "github.com/onsi/ginkgo/v2"

func TestX(t *testing.T) {
	RunSpecs(t, "X Suite (all)")
}
`;

/** What compiles `idemixgen` in Fabric 2.5 and later. */
const DOWNLOADS =
  'func (c *Components) Idemixgen() string {\n\tgexec.Build("github.com/IBM/idemix/tools/idemixgen", "-mod=mod")\n}\n';

function needs(...files: readonly string[]) {
  return suiteNeeds({ suite: 'x', files: [START, ...files], runners: RUNNERS, components: DOWNLOADS });
}

describe('the specs that need an image', () => {
  it('are those of the container in which it is started, by their whole text', () => {
    const [need, ...others] = needs(`
var _ = Describe("Health", func() {
	BeforeEach(func() { network = nwo.New(nwo.BasicSolo(), client) })
	// &runner.CouchDB{} is in a comment
	Describe("CouchDB (state)", func() {
		BeforeEach(func() {
			couchDB = &runner.CouchDB{}
		})
		When("it runs", func() {
			It("answers \\"yes\\"", func() { Expect(x).To(Equal("runner.CouchDB{")) })
		})
		It("stops", func() {})
	})
	It("is good", func() {})
})
`);
    expect(others).toEqual([]);
    expect(need).toEqual({
      image: 'couchdb:9',
      suite: 'x',
      specs: ['Health CouchDB (state) when it runs answers "yes"', 'Health CouchDB (state) stops'],
      patterns: ['^X Suite \\(all\\) (?:\\[Top Level\\] )?Health CouchDB \\(state\\)(?: |$)'],
      total: 3,
    });
    const [pattern = ''] = need?.patterns ?? [];
    const isLeftOut = (text: string) => new RegExp(pattern).test(`X Suite (all) ${text}`);
    expect(isLeftOut('Health CouchDB (state) stops')).toBe(true);
    expect(isLeftOut('[Top Level] Health CouchDB (state) stops')).toBe(true);
    expect(isLeftOut('Health CouchDB (state)s stops')).toBe(false);
    expect(isLeftOut('Other Health CouchDB (state) stops')).toBe(false);
  });

  it('are found through functions of the suite, and not through methods with the same name', () => {
    const found = needs(
      `
var _ = Describe("Snapshots", func() {
	It("is made with CouchDB", func() { s := startPeer(n, true) })
	It("is made without", func() { setup.startPeer(n) })
})
`,
      `
func startPeer(n *nwo.Network, useCouchDB bool) *nwo.Peer {
	return configured(n)
}

func configured(n *nwo.Network) *nwo.Peer {
	c := &runner.CouchDB{}
	return configured(n)
}

func (s *setup) startPeer(n *nwo.Network) {}
`,
    );
    expect(found.map(({ specs }) => specs)).toEqual([['Snapshots is made with CouchDB']]);
  });

  it('with Kafka need ZooKeeper; a builder of a fixed release is another image', () => {
    const found = needs(`
var _ = Describe("Old", func() {
	It("orders", func() { nwo.New(nwo.BasicKafka(), client) })
	It("builds", func() { core.Chaincode.Builder = "$(DOCKER_NS)/fabric-ccenv:1.4" })
	It("builds now", func() { core.Chaincode.Builder = "$(DOCKER_NS)/fabric-ccenv:latest" })
})
`);
    expect(found.map(({ image, specs }) => [image, specs])).toEqual([
      ['example/kafka:1', ['Old orders']],
      ['example/zookeeper:1', ['Old orders']],
      ['hyperledger/fabric-ccenv:1.4', ['Old builds']],
    ]);
  });

  it('are all of a suite that requires the image', () => {
    const found = needs(`
var _ = SynchronizedBeforeSuite(func() []byte {
	nwo.RequiredImages = append(
		nwo.RequiredImages,
		runner.KafkaDefaultImage,
	)
})
var _ = Describe("Any", func() {
	It("is one", func() { runner.CouchDBDefaultImage })
	It("is another", func() {})
})
`);
    expect(found.map(({ image, specs, total }) => [image, specs, total])).toEqual([
      ['example/kafka:1', ['Any is one', 'Any is another'], 2],
    ]);
  });
});

describe('the specs that download Go modules', () => {
  const IDEMIX = `
var _ = Describe("Idemix", func() {
	BeforeEach(func() { network = nwo.New(nwo.BasicEtcdRaftWithIdemix(), client) })
	It("signs", func() {})
})
var _ = Describe("Chaincode", func() {
	It("with modules", func() { path := filepath.Abs("../chaincode/module") })
	It("without", func() { path := "../chaincode/simple" })
})
`;

  it('have a chaincode with modules, or use an idemixgen that is not in the source', () => {
    expect(needs(IDEMIX)).toMatchObject([
      { image: undefined, specs: ['Idemix signs', 'Chaincode with modules'], total: 3 },
    ]);
  });

  it('are fewer where idemixgen is a part of the source', () => {
    const components = DOWNLOADS.replace(', "-mod=mod"', '');
    const found = suiteNeeds({ suite: 'x', files: [START, IDEMIX], runners: [], components });
    expect(found.map(({ specs }) => specs)).toEqual([['Chaincode with modules']]);
  });
});

describe('the programs that suites look for', () => {
  /** Runs the script where the only program is `grep`, and perhaps `jq`. */
  async function ended(text: string, programs: readonly string[]) {
    const dir = await tempDir();
    await writeFiles(dir, { 'integration/nwo/deploy.go': text, 'bin/.keep': '' });
    const grep = (await execa('sh', ['-c', 'command -v grep'])).stdout;
    for (const program of ['grep', ...programs]) await symlink(grep, join(dir, 'bin', program));
    const { exitCode, stdout } = await execa('/bin/sh', ['-c', `${REQUIRE_PROGRAMS}echo goes on`], {
      ...{ cwd: dir, env: { PATH: join(dir, 'bin') }, extendEnv: false, reject: false },
    });
    return { exitCode, stdout };
  }
  const LOOKS = 'package nwo\n\nvar _, err = exec.LookPath("jq")\n';

  it('are named before anything is compiled', async () => {
    expect(await ended(LOOKS, [])).toEqual({ exitCode: 1, stdout: '##lacks jq' });
  });

  it('are there, or not needed', async () => {
    expect(await ended(LOOKS, ['jq'])).toEqual({ exitCode: 0, stdout: 'goes on' });
    expect(await ended('package nwo\n', [])).toEqual({ exitCode: 0, stdout: 'goes on' });
  });
});

describe('the file that takes images from those that every suite requires', () => {
  it('names them, and is Go of the package', () => {
    const text = unrequired(['couchdb:9', 'a/b:1']);
    expect(text).toMatch(/^package nwo\n/);
    expect(text).toContain('map[string]bool{"couchdb:9": true, "a/b:1": true}');
  });
});
