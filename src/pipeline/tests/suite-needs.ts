/** PURE: what the specs of a suite need besides the source: images that they start or build on, and Go modules. */
import { isWithin, type SpecTexts, scanSpecs, specName, specPattern, specsUsing } from './ginkgo-specs.ts';

export interface SuiteNeed {
  /** `couchdb:3.4.2`; undefined: Go modules, which are downloaded. */
  readonly image: string | undefined;
  readonly suite: string;
  /** Names of the specs that need it. */
  readonly specs: readonly string[];
  /** Regular expressions, as Go reads them, that match these specs. */
  readonly patterns: readonly string[];
  /** Number of specs that the suite has. */
  readonly total: number;
}

/** The files of a suite, and those of the library that all suites use. */
export interface SuiteFiles {
  readonly suite: string;
  /** Contents of its test files. */
  readonly files: readonly string[];
  /** Contents of the Go files that run other programs in containers: `integration/nwo/runner`, in 1.4 `integration/runner`. */
  readonly runners: readonly string[];
  /** `integration/nwo/components.go`, which compiles the programs; empty if the release has none. */
  readonly components: string;
}

/** A chaincode whose modules are not in the source. */
const MODULE_CHAINCODE = /^["`]\.\.\/chaincode\/module["`]$/;
/** Whether `idemixgen` is compiled from a module that is not in the source. */
const DOWNLOADS_IDEMIXGEN = /\bIdemixgen\(\)[^}]*"-mod=mod"/;
const USES_IDEMIXGEN = /^nwo\.\w*WithIdemix\($/;

/** What in a spec says that it starts a program of the runners; Kafka also starts ZooKeeper. */
const STARTS: Readonly<Record<string, RegExp>> = {
  CouchDB: /^(?:runner\.)?CouchDB\{$/,
  Kafka: /^(?:runner\.)?Kafka\{$|^nwo\.\w*Kafka\w*\($/,
  ZooKeeper: /^(?:runner\.)?ZooKeeper\{$|^nwo\.\w*Kafka\w*\($/,
};
const DEFAULT_IMAGE = /(\w+)DefaultImage\s*=\s*"([^"]+)"/g;
/** The images that a suite requires besides those that every suite does, whatever its specs use. */
const REQUIRED = /\bnwo\.RequiredImages\s*=[^)}]*/g;
/** What a suite calls itself stands before the texts of its specs. */
const DESCRIPTION = /\bRunSpecs\(\s*\w+,\s*"((?:\\.|[^"\\])*)"/;
/** A builder image of a fixed release; `latest` is the image that was just built. */
const FIXED_BUILDER = /^["`]\$\(DOCKER_NS\)\/fabric-ccenv:(\d[\w.-]*)["`]$/;

/** A regular expression for whole texts: a container can be called like the beginning of another one. Ginkgo 1 adds a text. */
function anchored(pattern: string, description: string | undefined): string {
  const start = description === undefined ? '.*' : `${specPattern([description])} (?:\\[Top Level\\] )?`;
  return `^${start}${pattern}(?: |$)`;
}

/** Images of programs that specs can start in containers. @param runners see `SuiteFiles` */
export function programImages(runners: readonly string[]): readonly { name: string; image: string }[] {
  return runners.flatMap((text) =>
    [...text.matchAll(DEFAULT_IMAGE)].map(([, name = '', image = '']) => ({ name, image })),
  );
}

/** Returns the images that specs of the suite need. */
export function suiteNeeds({ suite, files, runners, components }: SuiteFiles): readonly SuiteNeed[] {
  const scanned = files.map(scanSpecs);
  const [description] = files.flatMap((text) => DESCRIPTION.exec(text)?.[1] ?? []);
  const specs = scanned.flatMap((file) => file.specs);
  const downloadsIdemixgen = DOWNLOADS_IDEMIXGEN.test(components);
  const required = files.flatMap((text) => text.match(REQUIRED) ?? []).join('\n');
  const fixed = new Set(
    scanned.flatMap(({ uses }) => uses.flatMap(({ what }) => FIXED_BUILDER.exec(what)?.[1] ?? [])),
  );
  const wanted = [
    ...programImages(runners).map(({ name, image }) => ({
      image,
      isRequired: required.includes(`runner.${name}DefaultImage`),
      isUse: (what: string) => STARTS[name]?.test(what) === true,
    })),
    ...[...fixed].map((tag) => ({
      image: `hyperledger/fabric-ccenv:${tag}`,
      isRequired: false,
      isUse: (what: string) => FIXED_BUILDER.exec(what)?.[1] === tag,
    })),
    {
      image: undefined,
      isRequired: false,
      isUse: (what: string) =>
        MODULE_CHAINCODE.test(what) || (downloadsIdemixgen && USES_IDEMIXGEN.test(what)),
    },
  ];
  return wanted.flatMap(({ image, isRequired, isUse }) => {
    const used = isRequired ? specs : specsUsing(scanned, isUse);
    if (used.length === 0) return [];
    const needing = specs.filter((spec) => used.some((container) => isWithin(spec, container)));
    const patterns = used.map((texts) => anchored(specPattern(texts), description));
    const names = (all: readonly SpecTexts[]) => [...new Set(all.map(specName))];
    return [
      { image, suite, specs: names(needing), patterns: [...new Set(patterns)], total: names(specs).length },
    ];
  });
}

/**
 * Returns a Go file of the package `nwo` that removes images from those that it requires before any spec: suites require CouchDB
 * also for specs that do not start it.
 */
export function unrequired(images: readonly string[]): string {
  return [
    'package nwo',
    '',
    'func init() {',
    `\tabsent := map[string]bool{${images.map((image) => `${JSON.stringify(image)}: true`).join(', ')}}`,
    '\tvar present []string',
    '\tfor _, image := range RequiredImages {',
    '\t\tif !absent[image] {',
    '\t\t\tpresent = append(present, image)',
    '\t\t}',
    '\t}',
    '\tRequiredImages = present',
    '}',
    '',
  ].join('\n');
}
