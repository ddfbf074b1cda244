/** A fake wizard for screens: answers and preview are real, the rest of the state is set by the test. */
import { issuesOf, presetIssuesOf, withAnswer, withPreset } from '../../src/pipeline/config/answer-checks.ts';
import { defaultAnswers } from '../../src/pipeline/config/answers.ts';
import type { ChoiceField } from '../../src/pipeline/config/config-choices.ts';
import type { Preset } from '../../src/pipeline/config/presets.ts';
import { parseCoreYaml } from '../../src/pipeline/fabric/peer-config.ts';
import { releaseOf } from '../../src/pipeline/fabric/release.ts';
import type { FabricSource } from '../../src/pipeline/fabric/source.ts';
import { wizardPreview } from '../../src/pipeline/resolve/wizard-preview.ts';
import type { WizardActionName, WizardHandle } from '../../src/screens/wizard/wizard-actions.ts';
import { initialWizardState, type WizardState } from '../../src/screens/wizard/wizard-state.ts';
import { createStore } from '../../src/ui/store.ts';
import { coreYaml } from './peers.ts';

/** A source of a release without any files. */
export function sourceAt(dir: string, version = '1.4.12', more: Partial<FabricSource> = {}): FabricSource {
  const release = releaseOf(version);
  if (!release) throw new Error(version);
  const tree = { dir, commit: 'd8a6f12', fullCommit: 'd8a6f12'.padEnd(40, '0'), dirty: [], files: new Map() };
  const facts = { release, version, baseVersion: '0.4.22', goVersion: release.releaseGo };
  return { dir, ...facts, practice: false, tree, ...more };
}

export interface FakeOptions extends Partial<Omit<WizardState, 'preview' | 'issues' | 'presetIssues'>> {
  /** Tags of the engine's images; undefined: no engine answers. */
  readonly tags?: readonly string[];
  /** Default: the core.yaml of Fabric 1.4.12. */
  readonly core?: string;
}

export const SOURCE = sourceAt('/fabric');

/** By default the source is Fabric 1.4.12 in /fabric, and the engine has no images. */
export function fakeWizard(options: FakeOptions = {}): {
  readonly wizard: WizardHandle;
  readonly calls: readonly string[];
} {
  const { tags = [], core = coreYaml('1.4.12'), ...given } = options;
  const calls: string[] = [];
  const derived = (state: WizardState): WizardState => {
    const { answers, source } = state;
    const ready = source.kind === 'ready' ? source : undefined;
    return {
      ...state,
      issues: issuesOf(answers, ready?.source.release),
      presetIssues: presetIssuesOf(answers, ready?.source.release),
      preview: wizardPreview({ answers, project: 'fw-x', source: ready, engine: { arch: 'amd64', tags } }),
    };
  };
  const state: WizardState = {
    ...initialWizardState('/fabric'),
    loaded: true,
    doctor: { rows: [], total: 2, running: false },
    candidates: [{ choice: 'auto', finding: { kind: 'here', source: SOURCE } }],
    source: { kind: 'ready', choice: 'auto', source: SOURCE, core: parseCoreYaml(core) },
    ...given,
  };
  const store = createStore<WizardState>(derived(state), 0);
  const change = (next: (state: WizardState) => WizardState) =>
    store.updateNow((state) => derived(next(state)));
  const effects: Partial<Record<WizardActionName, (...args: never[]) => void>> = {
    answer: (field: ChoiceField, text: string) =>
      change((state) => ({ ...state, answers: withAnswer(state.answers, field, text) })),
    applyPreset: (preset: Preset) =>
      change((state) => ({ ...state, answers: withPreset(state.answers, preset) })),
    resetAnswers: () => change((state) => ({ ...state, answers: defaultAnswers(state.answers) })),
  };
  const wizard: WizardHandle = {
    store,
    perform: (name, ...args) => {
      calls.push([name, ...args.map((arg) => JSON.stringify(arg))].join(' '));
      effects[name]?.(...(args as never[]));
    },
  };
  return { wizard, calls };
}
