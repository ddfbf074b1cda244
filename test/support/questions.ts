/** A wizard for screens: its answers are real, and what it would look at is given by the test. */
import { issuesOf, withAnswer } from '../../src/pipeline/choices/answer-checks.ts';
import { defaultAnswers } from '../../src/pipeline/choices/answers.ts';
import { lineOf } from '../../src/pipeline/fabric/fabric-line.ts';
import { parseCoreYaml } from '../../src/pipeline/fabric/peer-config.ts';
import type { FabricSource } from '../../src/pipeline/fabric/source.ts';
import { prospectOf } from '../../src/pipeline/resolve/prospect.ts';
import type { WizardDesk } from '../../src/screens/wizard/wizard-desk.ts';
import { initialWizardState, type WizardState } from '../../src/screens/wizard/wizard-state.ts';
import { createStore } from '../../src/ui/store.ts';
import { coreYaml } from './peers.ts';

/** A release checkout without a file in it. */
export function sourceAt(dir: string, version = '1.4.12', more: Partial<FabricSource> = {}): FabricSource {
  const line = lineOf(version);
  if (!line) throw new Error(version);
  const tree = { dir, commit: 'd8a6f12', fullCommit: 'd8a6f12'.padEnd(40, '0'), dirty: [], files: new Map() };
  const release = { line, version, baseVersion: '0.4.22', goVersion: line.releaseGo, isRelease: true };
  return { dir, ...release, practice: false, tree, ...more };
}

export interface FakeOptions extends Partial<Omit<WizardState, 'prospect' | 'issues'>> {
  /** Tags on the engine; undefined: none answers. */
  readonly tags?: readonly string[];
  /** Instead of the release's own core.yaml. */
  readonly core?: string;
}

export const SOURCE = sourceAt('/fabric');

/** By default: Fabric 1.4.12 in /fabric is chosen, and the engine has no image. */
export function fakeQuestions(options: FakeOptions = {}): {
  readonly wizard: WizardDesk;
  readonly asked: readonly string[];
} {
  const { tags = [], core = coreYaml('1.4.12'), ...given } = options;
  const asked: string[] = [];
  const note =
    (what: string) =>
    (...args: readonly unknown[]) => {
      asked.push([what, ...args.map((arg) => JSON.stringify(arg))].join(' '));
    };
  const prospect = ({ answers, source }: Pick<WizardState, 'answers' | 'source'>) =>
    prospectOf({
      answers,
      project: 'fw-x',
      source: source.is === 'here' ? source : undefined,
      engine: { arch: 'amd64', tags },
    });
  const derived = (state: WizardState): WizardState => ({
    ...state,
    issues: issuesOf(state.answers, state.source.is === 'here' ? state.source.source.line : undefined),
    prospect: prospect(state),
  });
  const state: WizardState = {
    ...initialWizardState('/fabric'),
    opened: true,
    doctor: { rows: [], all: 2, asking: false },
    candidates: [{ choice: 'auto', finding: { is: 'here', source: SOURCE } }],
    source: { is: 'here', choice: 'auto', source: SOURCE, core: parseCoreYaml(core) },
    ...given,
  };
  const store = createStore<WizardState>(derived(state), 0);
  const change = (next: (before: WizardState) => WizardState) =>
    store.updateNow((before) => derived(next(before)));
  const wizard: WizardDesk = {
    store,
    look: note('look'),
    repair: note('repair'),
    answer: (field, text) => {
      note('answer')(field, text);
      change((before) => ({ ...before, answers: withAnswer(before.answers, field, text) }));
    },
    forget: () => {
      note('forget')();
      change((before) => ({ ...before, answers: defaultAnswers(before.answers) }));
    },
    askPorts: note('askPorts'),
    consider: note('consider'),
    take: note('take'),
    stop: () => false,
    compare: note('compare'),
  };
  return { wizard, asked };
}
