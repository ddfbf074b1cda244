/** All that the question screens draw. */
import type { AnswerIssues } from '../../pipeline/config/answer-checks.ts';
import { type Answers, NO_ANSWERS } from '../../pipeline/config/answers.ts';
import type { StageFailure } from '../../pipeline/core/failure.ts';
import type { Text } from '../../pipeline/core/phrase.ts';
import type { DoctorCheck } from '../../pipeline/doctor/doctor.ts';
import type { FabricSource } from '../../pipeline/fabric/source.ts';
import type { SourceCandidate, SourceFinding } from '../../pipeline/fabric/source-candidates.ts';
import type { TakenPort } from '../../pipeline/host/ports.ts';
import type { ProjectStatus } from '../../pipeline/project/project-status.ts';
import type { WizardPreview } from '../../pipeline/resolve/wizard-preview.ts';
import { type AskedField, FORMS, type FormId } from './questions.ts';

/** The same choices for a shell and for a file. */
export interface Equivalent {
  readonly command: string;
  readonly file: string;
}

export interface ChecksState {
  /** In the order of the checks; those that are not judged yet are missing. */
  readonly rows: readonly DoctorCheck[];
  /** How many there can be: a check may have nothing to say. */
  readonly all: number;
  readonly asking: boolean;
}

/** `doctor --fix` under way, or how it ended. */
export interface RepairState {
  readonly code: string;
  /** The last line that it said. */
  readonly said: Text;
  readonly ended: boolean;
  readonly failure?: StageFailure;
}

/** What was chosen as a source, and what became of it. */
export type SourceState =
  | { readonly kind: 'none' }
  /** Read, and cloned as far as it is not here. `said` is git's last line. */
  | { readonly kind: 'getting'; readonly choice: string; readonly said: string }
  | {
      readonly kind: 'here';
      readonly choice: string;
      readonly source: FabricSource;
      /** Its core.yaml, parsed. */
      readonly core: unknown;
    }
  | { readonly kind: 'failed'; readonly choice: string; readonly failure: StageFailure };

/** Whether the ports that the answers come to can be had. */
export type PortsState =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'known'; readonly taken: readonly TakenPort[] };

export interface WizardState {
  readonly dir: string;
  /** Flags, file and last run were read. */
  readonly opened: boolean;
  /** Why they can't be used. */
  readonly refused?: StageFailure;
  readonly answers: Answers;
  readonly issues: AnswerIssues;
  /** There are choices or a run of an earlier time. */
  readonly returning: boolean;
  /** Absent until it was looked at. */
  readonly status?: ProjectStatus;
  readonly doctor: ChecksState;
  readonly repair?: RepairState;
  /** Absent until they were looked for. */
  readonly candidates?: readonly SourceCandidate[];
  /** A path or tag that is being typed; its finding is undefined while it is looked at. */
  readonly typed: { readonly choice: string; readonly finding: SourceFinding | undefined };
  readonly source: SourceState;
  /** What the answers come to. */
  readonly preview: WizardPreview;
  readonly ports: PortsState;
  /** Bytes free where the engine keeps its images; absent where it does not say. */
  readonly room?: number;
  /** Which versions of its API the engine has; absent where none answers. */
  readonly engineApi?: { readonly api: string; readonly minApi: string };
  /** The answers as a command and as a file, once asked for. */
  readonly equivalent?: Equivalent;
}

/** The fields of a screen that have something wrong with them, in its order. */
export function brokenFields({ issues }: WizardState, form: FormId): readonly AskedField[] {
  return FORMS[form].flatMap(({ field }) => (issues[field] ? [field] : []));
}

/** The first screen with something wrong on it. */
export function brokenForm(state: WizardState): FormId | undefined {
  const forms: readonly FormId[] = ['build', 'base', 'network'];
  return forms.find((form) => brokenFields(state, form).length > 0);
}

/** Before anything was looked at. */
export function initialWizardState(dir: string): WizardState {
  return {
    dir,
    opened: false,
    answers: NO_ANSWERS,
    issues: {},
    returning: false,
    doctor: { rows: [], all: 0, asking: true },
    typed: { choice: '', finding: undefined },
    source: { kind: 'none' },
    preview: { defaults: {}, build: undefined, network: undefined },
    ports: { kind: 'none' },
  };
}
