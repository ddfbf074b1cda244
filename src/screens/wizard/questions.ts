/** PURE: the questions of the wizard's forms. */
import { type Answers, originOf, textOf } from '../../pipeline/config/answers.ts';
import type { ChoiceField } from '../../pipeline/config/config-choices.ts';
import { consensusOf } from '../../pipeline/fabric/consensus.ts';
import type { Release } from '../../pipeline/fabric/release.ts';
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
  /** Shown even if its answer is the default. */
  readonly basic?: true;
  /** Linker variable that the value is compiled into. */
  readonly ldflag?: LdflagVariable;
}

const YES_NO = ['true', 'false'] as const;

export const FORMS: Readonly<Record<FormId, readonly Question[]>> = {
  build: [
    { field: 'fabricVersion', basic: true, topic: 'Version', ldflag: 'Version' },
    { field: 'baseVersion', topic: 'BaseVersion', ldflag: 'BaseVersion' },
    { field: 'dockerNs', basic: true, topic: 'DockerNamespace', ldflag: 'DockerNamespace' },
    { field: 'baseDockerNs', topic: 'BaseDockerNamespace', ldflag: 'BaseDockerNamespace' },
    { field: 'dockerLabel', topic: 'BaseDockerLabel', ldflag: 'BaseDockerLabel' },
    { field: 'goTags', topic: 'compile', ldflag: 'Experimental' },
    { field: 'link', topic: 'ldflags', options: ['static', 'dynamic'] },
    { field: 'dockerfiles', topic: 'base.upstream', options: ['own', 'upstream'] },
    { field: 'commitSha', topic: 'CommitSHA', ldflag: 'CommitSHA' },
  ],
  base: [
    { field: 'base', basic: true, topic: 'base.builder', options: ['auto', 'local', 'pull', 'debian'] },
    { field: 'builderImage', topic: 'base.builder' },
    { field: 'runtimeImage', topic: 'base.runtime' },
    { field: 'chaincodeBuilder', topic: 'CORE_CHAINCODE' },
    { field: 'chaincodeRuntime', topic: 'CORE_CHAINCODE' },
    { field: 'chaintool', topic: 'chaintool' },
    { field: 'couchdbImage', topic: 'couchdb' },
    { field: 'metricsImage', topic: 'metrics' },
    { field: 'caSource', topic: 'ca' },
  ],
  network: [
    { field: 'orgs', basic: true, topic: 'msp' },
    { field: 'peers', basic: true, topic: 'peer' },
    { field: 'organisations', topic: 'msp' },
    { field: 'channel', basic: true, topic: 'channel' },
    { field: 'channels', topic: 'channel' },
    { field: 'tls', topic: 'CORE_PEER_TLS', options: YES_NO },
    { field: 'portBase', basic: true, topic: 'CORE_PEER_ADDRESS' },
    { field: 'project', topic: 'chaincode-image' },
    { field: 'chaincode', topic: 'smoke' },
    { field: 'proveEveryPeer', topic: 'smoke', options: YES_NO },
    { field: 'jobs', topic: 'compile' },
    { field: 'orderers', topic: 'orderer' },
    { field: 'consensus', topic: 'orderer', options: ['solo', 'etcdraft', 'BFT'] },
    { field: 'couchdb', topic: 'couchdb', options: YES_NO },
    { field: 'gateway', topic: 'CORE_VM_ENDPOINT', options: YES_NO },
    { field: 'gossip', topic: 'CORE_PEER_GOSSIP', options: ['quiet', 'default'] },
    { field: 'metrics', topic: 'metrics', options: YES_NO },
    { field: 'ca', topic: 'ca', options: YES_NO },
    { field: 'identities', topic: 'crypto', options: ['cryptogen', 'ca'] },
  ],
};

/** What decides which questions and options can be taken. */
export interface Offer {
  readonly answers: Answers;
  /** Undefined while the source is not known. */
  readonly release: Release | undefined;
}

/** Whether the release can have this value of the choice. */
function isPossible(field: AskedField, option: string, { answers, release }: Offer): boolean {
  if (!release) return true;
  switch (field) {
    case 'consensus':
      return release.consensus.some((name) => name === option);
    case 'tls':
      return option === 'true' || consensusOf({ consensus: undefined, tls: false }, release) !== undefined;
    case 'metrics':
      return option === 'false' || release.operations;
    case 'dockerfiles':
      return option === 'own' || release.baseImages === 'ours';
    case 'link':
      return option === 'dynamic' || textOf(answers, 'dockerfiles') !== 'upstream';
    default:
      return true;
  }
}

/** Whether the release has the linker variable that the question is about. */
function isAsked({ field, ldflag }: Question, release: Release | undefined): boolean {
  if (!release || ldflag === undefined || (field !== 'baseVersion' && field !== 'baseDockerNs')) return true;
  return release.ldflagVariables.includes(ldflag);
}

/** Whether a list is used in place of a choice: named organisations have a number, and channels with members have names. */
function isReplaced(field: AskedField, answers: Answers): boolean {
  if (field === 'orgs') return textOf(answers, 'organisations').trim() !== '';
  return field === 'channel' && textOf(answers, 'channels').trim() !== '';
}

/** The questions of a form with the options that can be taken. What was answered stays, so that it can be changed. */
export function offeredQuestions(form: FormId, offer: Offer): readonly Question[] {
  const { answers, release } = offer;
  return FORMS[form]
    .filter((question) => isAsked(question, release) || !hasDefault(question, answers))
    .filter(({ field }) => !isReplaced(field, answers))
    .map((question) => {
      const { field, options } = question;
      const kept = options?.filter(
        (option) => isPossible(field, option, offer) || option === textOf(answers, field),
      );
      return kept ? { ...question, options: kept } : question;
    });
}

/** Whether a question has its default answer. */
export function hasDefault({ field }: Question, answers: Answers): boolean {
  return originOf(answers, field) === 'default';
}

/** The selected option: `text` if it is one of the options, else the default. */
export function optionOf({ options = [] }: Question, text: string, byDefault: string): string {
  return options.find((option) => option === text) ?? byDefault;
}

/** The next or previous option; wraps around. */
export function nextOption({ options = [] }: Question, from: string, step: 1 | -1): string {
  const index = options.indexOf(from);
  return options[(index + step + options.length) % options.length] ?? from;
}
