/** State of the wizard's screens. */
import type { AnswerIssues, PresetIssues } from '../../pipeline/config/answer-checks.ts';
import { type Answers, NO_ANSWERS } from '../../pipeline/config/answers.ts';
import type { DoctorCheck } from '../../pipeline/core/doctor-report.ts';
import type { StageFailure } from '../../pipeline/core/failure.ts';
import type { Text } from '../../pipeline/core/phrase.ts';
import type { FabricSource } from '../../pipeline/fabric/source.ts';
import type { SourceCandidate, SourceFinding } from '../../pipeline/fabric/source-candidates.ts';
import type { TakenPort } from '../../pipeline/host/ports.ts';
import type { ProjectStatus } from '../../pipeline/project/project-status.ts';
import type { WizardPreview } from '../../pipeline/resolve/wizard-preview.ts';
import { type AskedField, FORMS, type FormId } from './questions.ts';

/** The answers as a shell command and as fabric-wizard.yaml. */
export interface Equivalent {
  readonly command: string;
  readonly file: string;
}

export interface ChecksState {
  /** Finished checks, in the order of the checks. */
  readonly rows: readonly DoctorCheck[];
  /** Number of checks. Not every check yields a row. */
  readonly total: number;
  readonly running: boolean;
}

/** A repair by `doctor --fix`. */
export interface RepairState {
  readonly code: string;
  /** Its last notice. */
  readonly notice: Text;
  readonly ended: boolean;
  readonly failure?: StageFailure;
}

/** The selected source. */
export type SourceState =
  | { readonly kind: 'none' }
  /** Being read or cloned. `progress` is git's last line. */
  | { readonly kind: 'loading'; readonly choice: string; readonly progress: string }
  | {
      readonly kind: 'ready';
      readonly choice: string;
      readonly source: FabricSource;
      /** Parsed core.yaml of the source. */
      readonly core: unknown;
    }
  | { readonly kind: 'failed'; readonly choice: string; readonly failure: StageFailure };

/** Whether the network's ports are free. */
export type PortsState =
  | { readonly kind: 'none' }
  | { readonly kind: 'checking' }
  | { readonly kind: 'checked'; readonly taken: readonly TakenPort[] };

export interface WizardState {
  readonly dir: string;
  /** Flags, file and last run are loaded. */
  readonly loaded: boolean;
  /** Why they could not be loaded. */
  readonly loadFailure?: StageFailure;
  readonly answers: Answers;
  readonly issues: AnswerIssues;
  /** Presets that the release of the source cannot have. */
  readonly presetIssues: PresetIssues;
  /** The folder has a fabric-wizard.yaml or an earlier run. */
  readonly returning: boolean;
  /** Undefined before the first scan, or if no engine answers. */
  readonly status?: ProjectStatus;
  readonly doctor: ChecksState;
  readonly repair?: RepairState;
  /** Undefined before the first scan. */
  readonly candidates?: readonly SourceCandidate[];
  /** A path or tag that is being typed; `finding` is undefined while it is examined. */
  readonly typed: { readonly choice: string; readonly finding: SourceFinding | undefined };
  readonly source: SourceState;
  /** Settings, images and network that follow from the answers. */
  readonly preview: WizardPreview;
  readonly ports: PortsState;
  /** Free bytes in the engine's image store; undefined if unknown. */
  readonly room?: number;
  /** API versions that the engine supports; undefined if no engine answers. */
  readonly engineApi?: { readonly api: string; readonly minApi: string };
  /** Set once the user has asked for it. */
  readonly equivalent?: Equivalent;
}

/** Fields of a form that have an issue, in the form's order. */
export function brokenFields({ issues }: WizardState, form: FormId): readonly AskedField[] {
  return FORMS[form].flatMap(({ field }) => (issues[field] ? [field] : []));
}

/** The first form that has a field with an issue. */
export function brokenForm(state: WizardState): FormId | undefined {
  const forms: readonly FormId[] = ['build', 'base', 'network'];
  return forms.find((form) => brokenFields(state, form).length > 0);
}

/** Initial state, before anything is loaded. */
export function initialWizardState(dir: string): WizardState {
  return {
    dir,
    loaded: false,
    answers: NO_ANSWERS,
    issues: {},
    presetIssues: {},
    returning: false,
    doctor: { rows: [], total: 0, running: true },
    typed: { choice: '', finding: undefined },
    source: { kind: 'none' },
    preview: { defaults: {}, build: undefined, network: undefined },
    ports: { kind: 'none' },
  };
}
