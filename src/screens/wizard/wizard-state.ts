/** All that the question screens draw. */
import type { AnswerIssues } from '../../pipeline/choices/answer-checks.ts';
import { type Answers, NO_ANSWERS } from '../../pipeline/choices/answers.ts';
import type { DoctorCheck } from '../../pipeline/doctor/doctor.ts';
import type { FabricSource } from '../../pipeline/fabric/source.ts';
import type { SourceCandidate, SourceFinding } from '../../pipeline/fabric/source-candidates.ts';
import type { TakenPort } from '../../pipeline/host/ports.ts';
import type { Prospect } from '../../pipeline/resolve/prospect.ts';
import type { StageFailure } from '../../pipeline/run/failure.ts';
import type { Text } from '../../pipeline/run/phrase.ts';
import type { Standing } from '../../pipeline/run/standing.ts';
import { type AskedField, FORMS, type FormId } from './questions.ts';

/** The same choices for a shell and for a file. */
export interface Equivalent {
  readonly command: string;
  readonly file: string;
}

export interface DoctorState {
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
  | { readonly is: 'none' }
  /** Read, and cloned as far as it is not here. `said` is git's last line. */
  | { readonly is: 'getting'; readonly choice: string; readonly said: string }
  | {
      readonly is: 'here';
      readonly choice: string;
      readonly source: FabricSource;
      /** Its core.yaml, parsed. */
      readonly core: unknown;
    }
  | { readonly is: 'failed'; readonly choice: string; readonly failure: StageFailure };

/** Whether the ports that the answers come to can be had. */
export type PortsState =
  | { readonly is: 'none' }
  | { readonly is: 'asking' }
  | { readonly is: 'known'; readonly taken: readonly TakenPort[] };

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
  readonly standing?: Standing;
  readonly doctor: DoctorState;
  readonly repair?: RepairState;
  /** Absent until they were looked for. */
  readonly candidates?: readonly SourceCandidate[];
  /** A path or tag that is being typed; its finding is undefined while it is looked at. */
  readonly typed: { readonly choice: string; readonly finding: SourceFinding | undefined };
  readonly source: SourceState;
  /** What the answers come to. */
  readonly prospect: Prospect;
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
    source: { is: 'none' },
    prospect: { defaults: {}, build: undefined, network: undefined },
    ports: { is: 'none' },
  };
}
