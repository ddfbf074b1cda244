/** PURE: the body of a form: fields, a note on the focused field, and a preview of what the answers lead to. */
import { type Canvas, withMore } from './canvas.ts';
import { type FormView, formLines, noteLines } from './form-lines.ts';
import { takenPortNumbers } from './port-lines.ts';
import { askedLines, baseLines, flagLines, networkLines } from './preview-lines.ts';
import { type FormId, hasDefault } from './questions.ts';
import { brokenFields, type WizardState } from './wizard-state.ts';

/** Bodies of at least this height separate the blocks by blank rows. */
const ROOMY_ROWS = 16;
const NOTE_ROWS = 2;
const MIN_FIELD_ROWS = 3;

interface Preview {
  /** Always visible. */
  readonly head: readonly string[];
  /** Heading of `rest`; omitted if no row of it fits below. */
  readonly heading?: string;
  /** Scrollable. */
  readonly rest: readonly string[];
  /** Index of the row in `rest` that the focused field changes. */
  readonly changedRow: number;
}

const EMPTY: Preview = { head: [], rest: [], changedRow: 0 };

function previewOf(form: FormId, view: FormView, state: WizardState, canvas: Canvas): Preview {
  const { build, network } = state.preview;
  const { t, style } = canvas.theme;
  switch (form) {
    case 'build': {
      if (!build) return EMPTY;
      const edited = view.questions[view.focus]?.ldflag;
      const broken = brokenFields(state, form).length > 0;
      const heading = style.strong(t(broken ? 'build.as-before' : 'build.asks'));
      const isShown = (name: string) =>
        view.folded === 0 ||
        view.questions.some(
          (question) =>
            [question.ldflag, question.field].some((own) => own === name) &&
            !hasDefault(question, view.answers),
        );
      const { lines, changedRow } = flagLines(build, edited, isShown, canvas);
      return {
        head: askedLines(build, heading, edited, canvas),
        heading: style.strong(t('build.flags')),
        rest: lines,
        changedRow: edited === undefined ? 0 : changedRow,
      };
    }
    case 'base': {
      if (!build) return EMPTY;
      const asked = askedLines(build, style.strong(t('build.asks')), undefined, canvas);
      return { head: baseLines(build, canvas), rest: asked, changedRow: 0 };
    }
    case 'network':
      return network
        ? { head: [], rest: networkLines(network, takenPortNumbers(state.ports), canvas), changedRow: 0 }
        : EMPTY;
    default:
      return form satisfies never;
  }
}

export interface FormBody {
  readonly lines: readonly string[];
  /** Index of the first visible row of the scrollable preview. */
  readonly from: number;
  /** Highest possible `from`. */
  readonly last: number;
}

/** @param scrolled rows from the top of the preview; undefined: scroll to the row that the focused field changes */
export function formBody(
  form: FormId,
  view: FormView,
  state: WizardState,
  scrolled: number | undefined,
  canvas: Canvas,
): FormBody {
  const { rows } = canvas;
  const gap = rows >= ROOMY_ROWS ? [''] : [];
  const preview = previewOf(form, view, state, canvas);
  const note = noteLines(view, { ...canvas, rows: NOTE_ROWS });
  const noteRoom = [...note, ...Array<string>(NOTE_ROWS - note.length).fill('')];
  const gaps = 2 * gap.length;
  const minPreviewRows =
    preview.head.length + Math.min(preview.heading === undefined ? 1 : 2, preview.rest.length);
  const fieldRows = Math.max(
    MIN_FIELD_ROWS,
    Math.min(view.questions.length + Math.sign(view.folded), rows - NOTE_ROWS - gaps - minPreviewRows),
  );
  const fields = formLines(view, { ...canvas, rows: fieldRows });
  const room = Math.max(0, rows - fields.length - NOTE_ROWS - gaps - preview.head.length);
  const heading = preview.heading !== undefined && room > 1 ? [preview.heading] : [];
  const left = room - heading.length;
  const last = Math.max(0, preview.rest.length - left);
  const from = Math.min(last, scrolled ?? preview.changedRow);
  const rest = withMore(preview.rest.slice(from, from + left), last - from, canvas.theme);
  const lines = [...fields, ...gap, ...noteRoom, ...gap, ...preview.head, ...heading, ...rest].slice(0, rows);
  return { lines, from, last };
}
