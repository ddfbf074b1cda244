/** A wizard for screens: its answers are real, and what it would look at is given by the test. */
import { issuesOf, withAnswer } from '../../src/pipeline/config/answer-checks.ts';
import { defaultAnswers } from '../../src/pipeline/config/answers.ts';
import { parseCoreYaml } from '../../src/pipeline/fabric/peer-config.ts';
import { releaseOf } from '../../src/pipeline/fabric/release.ts';
import type { FabricSource } from '../../src/pipeline/fabric/source.ts';
import { wizardPreview } from '../../src/pipeline/resolve/wizard-preview.ts';
import type { WizardActions } from '../../src/screens/wizard/wizard-actions.ts';
import { initialWizardState, type WizardState } from '../../src/screens/wizard/wizard-state.ts';
import { createStore } from '../../src/ui/store.ts';
import { coreYaml } from './peers.ts';

/** A release checkout without a file in it. */
export function sourceAt(dir: string, version = '1.4.12', more: Partial<FabricSource> = {}): FabricSource {
  const release = releaseOf(version);
  if (!release) throw new Error(version);
  const tree = { dir, commit: 'd8a6f12', fullCommit: 'd8a6f12'.padEnd(40, '0'), dirty: [], files: new Map() };
  const facts = { release, version, baseVersion: '0.4.22', goVersion: release.releaseGo };
  return { dir, ...facts, practice: false, tree, ...more };
}

export interface FakeOptions extends Partial<Omit<WizardState, 'preview' | 'issues'>> {
  /** Tags on the engine; undefined: none answers. */
  readonly tags?: readonly string[];
  /** Instead of the release's own core.yaml. */
  readonly core?: string;
}

export const SOURCE = sourceAt('/fabric');

/** By default: Fabric 1.4.12 in /fabric is chosen, and the engine has no image. */
export function fakeQuestions(options: FakeOptions = {}): {
  readonly wizard: WizardActions;
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
    wizardPreview({
      answers,
      project: 'fw-x',
      source: source.kind === 'here' ? source : undefined,
      engine: { arch: 'amd64', tags },
    });
  const derived = (state: WizardState): WizardState => ({
    ...state,
    issues: issuesOf(state.answers, state.source.kind === 'here' ? state.source.source.release : undefined),
    preview: prospect(state),
  });
  const state: WizardState = {
    ...initialWizardState('/fabric'),
    opened: true,
    doctor: { rows: [], all: 2, asking: false },
    candidates: [{ choice: 'auto', finding: { kind: 'here', source: SOURCE } }],
    source: { kind: 'here', choice: 'auto', source: SOURCE, core: parseCoreYaml(core) },
    ...given,
  };
  const store = createStore<WizardState>(derived(state), 0);
  const change = (next: (before: WizardState) => WizardState) =>
    store.updateNow((before) => derived(next(before)));
  const wizard: WizardActions = {
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
