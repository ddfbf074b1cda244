/** PURE: a screen of fields as a whole: the fields, what is said of one of them, and what all of them come to. */
import { type Canvas, withMore } from './canvas.ts';
import { type FormView, formLines, noteLines } from './form-lines.ts';
import { heldPorts } from './port-lines.ts';
import { askedLines, baseLines, flagLines, networkLines } from './preview-lines.ts';
import type { FormId } from './questions.ts';
import { brokenFields, type WizardState } from './wizard-state.ts';

/** From this height on blank rows keep the blocks apart. */
const ROOMY_ROWS = 16;
const NOTE_ROWS = 2;
const FEWEST_FIELDS = 3;

interface Preview {
  /** Always in sight. */
  readonly head: readonly string[];
  /** Over the rest, where one of its rows has room under it. */
  readonly heading?: string;
  /** Can be scrolled. */
  readonly rest: readonly string[];
  /** The row of the rest that the field with the cursor changes. */
  readonly at: number;
}

const NOTHING: Preview = { head: [], rest: [], at: 0 };

function previewOf(form: FormId, view: FormView, state: WizardState, canvas: Canvas): Preview {
  const { build, network } = state.preview;
  const { t, style } = canvas.theme;
  switch (form) {
    case 'build': {
      if (!build) return NOTHING;
      const edited = view.questions[view.focus]?.ldflag;
      const broken = brokenFields(state, form).length > 0;
      const heading = style.strong(t(broken ? 'build.as-before' : 'build.asks'));
      const { lines, at } = flagLines(build, edited, canvas);
      return {
        head: askedLines(build, heading, edited, canvas),
        heading: style.strong(t('build.flags')),
        rest: lines,
        at: edited === undefined ? 0 : at,
      };
    }
    case 'base': {
      if (!build) return NOTHING;
      const asked = askedLines(build, style.strong(t('build.asks')), undefined, canvas);
      return { head: baseLines(build, canvas), rest: asked, at: 0 };
    }
    case 'network':
      return network
        ? { head: [], rest: networkLines(network, heldPorts(state.ports), canvas), at: 0 }
        : NOTHING;
    default:
      return form satisfies never;
  }
}

export interface FormBody {
  readonly lines: readonly string[];
  /** The first row of the preview that can be scrolled and is in sight, and the last one that can be the first. */
  readonly from: number;
  readonly last: number;
}

/** @param scrolled rows; undefined: to what the field with the cursor changes */
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
  const least = preview.head.length + Math.min(preview.heading === undefined ? 1 : 2, preview.rest.length);
  const fieldRows = Math.max(FEWEST_FIELDS, Math.min(view.questions.length, rows - NOTE_ROWS - gaps - least));
  const fields = formLines(view, { ...canvas, rows: fieldRows });
  const room = Math.max(0, rows - fields.length - NOTE_ROWS - gaps - preview.head.length);
  const heading = preview.heading !== undefined && room > 1 ? [preview.heading] : [];
  const left = room - heading.length;
  const last = Math.max(0, preview.rest.length - left);
  const from = Math.min(last, scrolled ?? preview.at);
  const rest = withMore(preview.rest.slice(from, from + left), last - from, canvas.theme);
  const lines = [...fields, ...gap, ...noteRoom, ...gap, ...preview.head, ...heading, ...rest].slice(0, rows);
  return { lines, from, last };
}
