/**
 * What is said of ours, as data: which sentence, and what is filled in. The catalogues of the faces have its
 * words in every language; the compiler asks them for each sentence that stands here.
 */
import type { ChoiceField } from '../config/config-choices.ts';

/** A string is in no language of ours: a path, a command, an image, or the engine's own words. */
export type Text = string | Phrase;

/** A list is shortened where it is long. */
export type Fact = Text | number | readonly Text[];

type Told<Facts> = { readonly [K in keyof Facts]: { readonly key: K } & Readonly<Facts[K]> }[keyof Facts];
type Alone = Readonly<Record<never, never>>;

/** Why a stage runs, or has nothing to do. */
interface Causes {
  'cause.forced': Alone;
  'cause.requested': Alone;
  'cause.not-requested': Alone;
  'cause.unchanged': Alone;
  'cause.always': Alone;
  'cause.missing': { what: string };
  'cause.present': { what: string };
  'cause.other-image': { ref: string; own: string };
  'cause.same-image': { ref: string; own: string };
  'cause.not-debian': { ref: string };
  'cause.image-missing': { image: string };
  'cause.image-foreign': { image: string };
  'cause.image-changed': { image: string };
  'cause.image-after': Alone;
  'cause.tag-missing': { ref: string };
  'cause.builder-first': Alone;
  'cause.inputs-changed': Alone;
  'cause.inputs-same': Alone;
  'cause.binaries': Alone;
  'cause.into-programs': Alone;
  'cause.into-ccenv': Alone;
  'cause.not-needed': Alone;
  'cause.images-missing': { what: readonly string[] };
  'cause.images-here': Alone;
  'cause.images-built': Alone;
  'cause.never-verified': Alone;
  'cause.verified': Alone;
  'cause.no-network': Alone;
  'cause.all-anew': Alone;
  'cause.compile-swaps': Alone;
  'cause.other-programs': { nodes: readonly string[] };
  'cause.same-programs': Alone;
  'cause.network-new': Alone;
  'cause.network-changed': Alone;
  'cause.no-compose': Alone;
  'cause.compose-differs': Alone;
  'cause.compose-new': Alone;
  'cause.outdated': { nodes: readonly string[] };
  'cause.anew': { nodes: readonly string[] };
  'cause.down': { nodes: readonly string[] };
  'cause.stale': { nodes: readonly string[] };
  'cause.all-run': Alone;
  'cause.all-current': Alone;
  'cause.started': Alone;
  'cause.none-started': Alone;
  'cause.no-crypto': Alone;
  'cause.crypto-changed': Alone;
  'cause.to-couchdb': Alone;
  'cause.to-leveldb': Alone;
  'cause.new-crypto': Alone;
  'cause.no-genesis': Alone;
  'cause.channel-changed': Alone;
  'cause.some-unjoined': Alone;
  'cause.unjoined': { nodes: readonly string[] };
  'cause.all-answer': Alone;
  'cause.on-channel': { channels: string };
  'cause.channel-asked': Alone;
  'cause.no-anchors': Alone;
  'cause.anchors-set': Alone;
  'cause.proof': Alone;
}

/** What a row of `doctor` has found. */
interface Findings {
  'row.late': Alone;
  'row.engine': { version: string; min: string; max: string };
  'row.engine-detail': { what: Phrase; detail: string };
  'engine.unreachable': { endpoint: string };
  'engine.denied': { endpoint: string };
  'engine.too-old': { endpoint: string };
  'engine.install-failed': { endpoint: string };
  'row.api-any': { release: string };
  'row.api': { release: string; min: string; max: string };
  'row.api-fixed': { release: string; version: string };
  'row.api-engine-too-old': { release: string; min: string; api: string };
  'row.api-engine-too-new': { release: string; max: string; api: string };
  'row.no-compose': Alone;
  'row.compose-unversioned': { program: string; version: string };
  'row.compose-api': { program: string; version: string; api: string; engine: string; min: string };
  'row.architecture-unknown': { arch: string };
  'row.architecture-foreign': { refs: readonly string[]; count: number; is: string; arch: string };
  'row.socket-remote': { endpoint: string };
  'row.socket': { path: string };
  'row.socket-absent': { path: string };
  'row.socket-later': { path: string; group: string };
  'row.socket-closed': { path: string };
  'row.context': { endpoint: string; name: string; ours: string };
  'row.userns': Alone;
  'row.rootless': Alone;
  'row.selinux': { dir: string };
  'row.clock-ahead': { seconds: number };
  'row.clock-behind': { seconds: number };
  'row.clock-set-back': { time: string };
  'row.proxy-in-containers': { file: string };
  'row.proxy-shell-only': Alone;
  'row.proxy-engine': Alone;
  'row.proxy-unused': Alone;
  'row.no-proxy': Alone;
  'row.source': { version: string; dir: string };
  'row.source-practice': { version: string; dir: string };
  'row.source-wrong': { path: string; detail: Text };
  'row.source-to-clone': { tag: string };
  'row.source-to-clone-or-practice': { tag: string };
  'row.rooms': { rooms: readonly Text[] };
  'row.room': { free: string; path: string; need: string };
  'row.room-unseen': { path: string };
  'row.memory': { available: string; wanted: string };
  'row.ports': { count: number };
  'row.ports-taken': { held: readonly Text[] };
  'row.ports-of': { ports: string; owner: Text };
  'owner.process': { pid: string; name: string };
  'owner.container': { name: string };
  'owner.composed': { name: string; project: string };
  'owner.system': Alone;
  'row.ports-of-unknown': { ports: string };
  'row.not-here': { refs: readonly string[]; count: number };
  'row.base-local': Alone;
  'row.base-pulled': { refs: readonly string[]; count: number };
  'row.base-built': { count: number };
  'row.base-pulled-or-built': { refs: readonly string[] };
  'row.base-pulled-else': { refs: readonly string[]; why: Phrase };
  'row.base-not-debian': Alone;
  'row.base-not-root': Alone;
  'row.base-no-debootstrap': Alone;
  'row.no-go': { image: string };
  'row.go-unreleased': { image: string; version: string };
  'row.go-in': { image: string; version: string };
  'row.go-old': { image: string; version: string; wanted: string; line: string };
  'row.go': { version: string; release: string; line: string };
  'row.go-new': { version: string; release: string; line: string; tried: string };
  'row.of-key': { name: string };
  'row.unknown-variable': { ref: string; unknown: readonly string[]; place: Text };
  'row.no-reference': { ref: string; place: Text };
  'row.to-be-made': { ref: string };
  'row.here': { ref: string };
  'row.couchdb-pulled': { ref: string };
  'row.not-made': { ref: string; place: Text };
  'row.folder': { dir: string };
  'row.folder-colon': { path: string };
  'row.folder-closed': { dir: string };
  'row.folder-foreign': { paths: readonly string[] };
  'row.folder-for-file': { paths: readonly string[] };
  'row.watches': { folders: number; limit: number };
  'row.watches-short': { folders: number; limit: number };
  'row.git': { version: string };
  'row.git-needed': Alone;
  'row.no-git': Alone;
  'row.git-dubious': { version: string; path: string };
  'row.work': { names: readonly string[] };
  'row.others': { others: readonly Text[] };
  'row.no-others': Alone;
  'row.other': { whose: string; left: Phrase };
  'row.other-project': { name: string; left: Phrase };
  'left.and': { before: Phrase; next: Phrase };
  'left.running': { count: number };
  'left.stopped': { count: number };
  'left.networks': { count: number };
  'left.volumes': { count: number };
  'left.images': { count: number };
}

/** What helps against a finding, where it is more than a command. */
interface Fixes {
  'fix.release': { release: string };
  'fix.newer-engine': Alone;
  'fix.newer-fabric': Alone;
  'fix.compose-plugin': Alone;
  'fix.sudo': Alone;
  'fix.install-and-sudo': { command: string };
  'fix.userns': Alone;
  'fix.setenforce': Alone;
  'fix.restart-engine': Alone;
  'fix.set-clock': Alone;
  'fix.no-proxy': { domain: string; file: string };
  'fix.engine-proxy': Alone;
  'fix.room': Alone;
  'fix.go': Alone;
  'fix.newer-builder': Alone;
  'fix.template': { name: string; template: string; path: string };
  'fix.folder-colon': Alone;
}

/** What is wrong with a value that somebody gave, and how to mend it. */
interface Issues {
  'issue.type': { type: Phrase; value: Text };
  'issue.value': { value: Text; problem: Phrase };
  'type.text': Alone;
  'type.number': Alone;
  'type.boolean': Alone;
  'value.nothing': Alone;
  'value.list': Alone;
  'value.map': Alone;
  'wrong.linker': Alone;
  'wrong.namespace': Alone;
  'wrong.version': { most: number };
  'wrong.image': Alone;
  'wrong.path': Alone;
  'wrong.range': { from: number; to: number };
  'wrong.option': { options: string };
  'wrong.label': Alone;
  'wrong.commit': Alone;
  'wrong.tags': Alone;
  'wrong.kafka': Alone;
  'wrong.channel': Alone;
  'wrong.channels': { systemChannel: string };
  'wrong.project': Alone;
  'shape.consensus': { consensus: string; line: string; others: string };
  'shape.always-tls': { line: string };
  'shape.needs-tls': { consensus: string };
  'shape.solo': { count: number };
  'shape.bft': { least: number };
  'shape.dockerfiles': { line: string };
  'shape.upstream-link': Alone;
  'issue.port-room': { orgs: number; peers: number; base: number; port: number; last: number };
  'issue.unreadable': { code: string };
  'issue.no-yaml': { reason: string };
  'issue.no-map': { value: Text };
  'issue.no-map-any-more': Alone;
  'issue.unknown-key': Alone;
  'issue.no-folder': { path: string };
  'issue.no-file': { path: string };
  'where.last-run': Alone;
  'where.default': Alone;
  'mend.quotes': { line: string };
  'mend.map': Alone;
  'mend.known-keys': { keys: string };
  'mend.nearest': { name: string };
  'mend.ports': Alone;
}

/** How a good value of a choice looks. */
type GoodValue = { readonly key: `fix.${ChoiceField}` };

/** Commands that can't be done as they were typed. */
interface Usage {
  'usage.unknown-image': { name: string; images: string };
  'usage.absent-image': { line: string; name: string; images: string };
  'usage.unknown-repair': { name: string; repairs: string };
  'usage.unknown-language': { lang: string; languages: string };
  'usage.unknown-node': { name: string; nodes: string };
  'usage.unknown-organisation': { name: string; organisations: string };
  'usage.no-problem': { code: string };
  'usage.no-repair': { code: string };
  'usage.no-repair-by': { code: string; way: string };
  'usage.foreign-network': Alone;
  'usage.no-image': { ref: string };
  'usage.no-container': { name: string };
  'usage.no-network': { dir: string };
  'usage.nothing-runs': Alone;
  'usage.no-peer': { dir: string };
  'usage.two-peers': Alone;
  'usage.tail': Alone;
  'usage.nobody-to-ask': Alone;
  'usage.state-folder': { dir: string; reason: string };
  'usage.other-network': Alone;
  'usage.upstream': { image: string; why: Phrase };
  'upstream.unstated': { file: string; variable: string };
  'upstream.other-architecture': { written: string; arch: string };
  'upstream.no-variables': { file: string };
  'usage.unknown-topic': { term: string; nearest: string };
  'usage.unlike-topic': { term: string };
}

/** What a stage came to. */
interface Results {
  'detail.files': { count: number };
  'detail.bytes': { count: number };
  'detail.pulled': { id: string };
  'detail.pulled-bases': { refs: readonly string[] };
  'detail.programs-same': Alone;
  'detail.restarted': { count: number; nodes: string };
  'detail.copied': { nodes: string };
  'detail.joined': { count: number; channels: string };
  'detail.organisations': { count: number };
  'detail.proof': { chaincode: string; count: number; before: string; after: string };
  'detail.image-again': { ref: string; id: string };
  'detail.binaries-kept': { count: number };
  'detail.binaries': { count: number };
  'detail.verified': { count: number; version: string };
  'detail.verified-again': { count: number; again: number; version: string };
  'detail.shim-there': Alone;
  'detail.cache-there': Alone;
  'detail.compiled-ahead': { count: number };
  'detail.shim': { count: number; packages: number };
  'detail.instance': { instance: string };
  'detail.artifacts': { channels: string; count: number };
  'detail.first-block': { channels: string };
  'detail.in-first-block': Alone;
  'detail.containers': { count: number; started: number };
  'detail.answering': { count: number };
  'source.is-fabric': { version: string; line: string };
  'source.is-practice': { version: string; line: string };
  'source.no-commit': Alone;
  'detail.source': { source: Phrase; state: Phrase };
  'detail.clean': { commit: string };
  'detail.dirty': { commit: string; count: number; files: string };
}

/** What a run is warned of. */
interface Warnings {
  'warning.practice': { why: Text };
  'warning.retagged': { ref: string; command: string };
  'warning.not-pulled': { ref: string; detail: string };
  'warning.builder-missing': { ref: string };
  'warning.runtime-missing': { ref: string };
  'warning.stale-chaincode': { names: readonly string[] };
  'warning.host-library': Alone;
  'warning.edited': Alone;
  'warning.debootstrap': Alone;
  'warning.own-tools': Alone;
  'warning.upstream-variables': { image: string };
  'warning.no-upstream': { image: string };
  'warning.no-chaintool': Alone;
  'warning.no-npm': Alone;
  'warning.ledgers-kept': { count: number; instance: string; project: string };
  'warning.state-broken': { path: string };
}

/** What was waited for or looked for, where, and what was found. */
interface Expectations {
  'wait.channel': { channel: string };
  'wait.leader': Alone;
  'wait.approvals': { peer: string };
  'wait.value': { peer: string; value: string };
  'wait.query': { peer: string };
  'wait.other-value': { peer: string; value: string };
  'wait.port': { node: string; port: number };
  'wait.engine': Alone;
  'last.no-block': Alone;
  'last.no-approval': { organisations: readonly string[] };
  'last.value': { value: string };
  'last.silent': { port: number };
  'last.closed': { port: number };
  'last.none': Alone;
  'thing.image': { ref: string };
  'thing.cli': Alone;
  'thing.proof': Alone;
  'thing.state': { couchdb: string };
  'thing.in-image': { what: Text; image: string };
  'thing.sampleconfig': { dir: string };
  'thing.shim-files': Alone;
  'thing.ports': Alone;
  'thing.shim': Alone;
  'thing.version': { name: string };
  'state.running': Alone;
  'state.present': Alone;
  'state.absent': Alone;
  'state.none': Alone;
  'state.database': { channel: string };
  'state.under': { dir: string };
  'state.files': { count: number };
  'state.missing': { files: string };
  'state.readable-file': Alone;
  'state.source-folder': Alone;
  'state.go-source': Alone;
  'state.listed': Alone;
  'state.no-compile': Alone;
  'state.no-go-file': Alone;
  'state.peer-values': Alone;
  'state.builds': { builder: string; nodes: string; runtime: string };
  'state.built': { count: number; images: Text; unproved: Text };
  'where.builder': { image: string; dir: string };
  'where.tools': { image: string };
  'where.cli': { org: string };
  'where.cli-to': { org: string; peer: string };
  'where.cli-orderer': { node: string };
  'where.host': Alone;
  'lacks.libc': Alone;
  'lacks.ltdl': Alone;
  'lacks.go': { wanted: string; version: string };
  'base.other-architecture': { is: string; arch: string };
  'base.unfit-builder': Alone;
  'base.unfit-runtime': Alone;
  'base.absent': Alone;
  'base.no-apt': Alone;
  'base.no-go-package': { distribution: string };
  'root.for-debootstrap': Alone;
  'purpose.clone': Alone;
  'purpose.bases': Alone;
}

/** What is wrong with a source. */
interface Sources {
  'source.absent-folder': Alone;
  'source.file': Alone;
  'source.lacks': { files: string };
  'source.unstated': { known: string };
  'source.unknown-version': { version: string; known: string };
  'source.other-tag': { tag: string; known: string };
  'source.no-base-version': { file: string };
  'source.stalled': { seconds: number };
  'source.no-git': Alone;
  'source.git-silent': Alone;
}

/** What is done before a run, and said while it takes its time. */
interface Steps {
  'step.systemctl': Alone;
  'step.dockerd': { log: string };
  'step.install-engine': Alone;
  'step.install-compose': Alone;
  'step.install-git': Alone;
  'step.engine': { engine: string; api: string; endpoint: string };
  'step.no-work': Alone;
  'step.remove-work': { names: string };
}

export type Phrase =
  | Told<Causes>
  | Told<Findings>
  | Told<Fixes>
  | Told<Issues>
  | GoodValue
  | Told<Usage>
  | Told<Results>
  | Told<Warnings>
  | Told<Expectations>
  | Told<Sources>
  | Told<Steps>;
