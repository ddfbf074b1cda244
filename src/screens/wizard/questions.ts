/** PURE: the questions of the wizard's forms. */
import type { ChoiceField } from '../../pipeline/config/config-choices.ts';
import type { LdflagVariable } from '../../pipeline/fabric/release-facts.ts';
import type { TopicId } from '../../report/explain/topics.ts';

export type FormId = 'build' | 'base' | 'network';

/** All choices except the source, which has its own screen. */
export type AskedField = Exclude<ChoiceField, 'source'>;

export interface Question {
  readonly field: AskedField;
  /** Allowed values, as in fabric-wizard.yaml; undefined for free text. */
  readonly options?: readonly string[];
  /** Topic that `?` explains. */
  readonly topic: TopicId;
  /** Linker variable that the value is compiled into. */
  readonly ldflag?: LdflagVariable;
}

const YES_NO = ['true', 'false'] as const;

export const FORMS: Readonly<Record<FormId, readonly Question[]>> = {
  build: [
    { field: 'fabricVersion', topic: 'Version', ldflag: 'Version' },
    { field: 'baseVersion', topic: 'BaseVersion', ldflag: 'BaseVersion' },
    { field: 'dockerNs', topic: 'DockerNamespace', ldflag: 'DockerNamespace' },
    { field: 'baseDockerNs', topic: 'BaseDockerNamespace', ldflag: 'BaseDockerNamespace' },
    { field: 'dockerLabel', topic: 'BaseDockerLabel', ldflag: 'BaseDockerLabel' },
    { field: 'goTags', topic: 'compile', ldflag: 'Experimental' },
    { field: 'link', topic: 'ldflags', options: ['static', 'dynamic'] },
    { field: 'dockerfiles', topic: 'base.upstream', options: ['own', 'upstream'] },
    { field: 'commitSha', topic: 'CommitSHA', ldflag: 'CommitSHA' },
  ],
  base: [
    { field: 'base', topic: 'base.builder', options: ['auto', 'local', 'pull', 'debian'] },
    { field: 'builderImage', topic: 'base.builder' },
    { field: 'runtimeImage', topic: 'base.runtime' },
    { field: 'chaincodeBuilder', topic: 'CORE_CHAINCODE' },
    { field: 'chaincodeRuntime', topic: 'CORE_CHAINCODE' },
    { field: 'chaintool', topic: 'chaintool' },
    { field: 'couchdbImage', topic: 'couchdb' },
  ],
  network: [
    { field: 'orgs', topic: 'msp' },
    { field: 'peers', topic: 'peer' },
    { field: 'channel', topic: 'channel' },
    { field: 'tls', topic: 'CORE_PEER_TLS', options: YES_NO },
    { field: 'portBase', topic: 'CORE_PEER_ADDRESS' },
    { field: 'project', topic: 'chaincode-image' },
    { field: 'chaincode', topic: 'smoke' },
    { field: 'proveEveryPeer', topic: 'smoke', options: YES_NO },
    { field: 'jobs', topic: 'compile' },
    { field: 'orderers', topic: 'orderer' },
    { field: 'consensus', topic: 'orderer', options: ['solo', 'etcdraft', 'BFT'] },
    { field: 'couchdb', topic: 'couchdb', options: YES_NO },
    { field: 'gateway', topic: 'CORE_VM_ENDPOINT', options: YES_NO },
  ],
};

/** The selected option: `text` if it is one of the options, else the default. */
export function optionOf({ options = [] }: Question, text: string, byDefault: string): string {
  return options.find((option) => option === text) ?? byDefault;
}

/** The next or previous option; wraps around. */
export function nextOption({ options = [] }: Question, from: string, step: 1 | -1): string {
  const index = options.indexOf(from);
  return options[(index + step + options.length) % options.length] ?? from;
}
