/** PURE: the first screen: what can be done, what there is, and whether this machine is ready. */
import { givenAnswers } from '../../pipeline/choices/answers.ts';
import { keyOf } from '../../pipeline/choices/config-choices.ts';
import type { DoctorCheck } from '../../pipeline/doctor/doctor.ts';
import type { PastRun } from '../../pipeline/journal/run-record.ts';
import { renderFailure } from '../../report/failure-block.ts';
import { describeFailure } from '../../report/failure-text.ts';
import { formatSeconds } from '../../report/quantities.ts';
import type { Option } from '../../ui/choice.tsx';
import type { Face } from '../../ui/face.tsx';
import { type Canvas, fitted, sentence } from './canvas.ts';
import type { WizardState } from './wizard-state.ts';

export type WelcomeChoice = 'same' | 'network' | 'change' | 'fresh' | 'begin' | 'plan';

/** The first one is what a bare Enter takes. */
export function welcomeChoices({ opened, returning, standing }: WizardState): readonly WelcomeChoice[] {
  if (!opened) return [];
  if (!returning) return ['begin', 'plan'];
  const runs = (standing?.nodes?.running ?? 0) > 0;
  return runs ? ['same', 'network', 'change', 'fresh'] : ['same', 'change', 'fresh'];
}

/** `source: sample, orgs: 3` */
function choicesText({ answers, prospect }: WizardState, { say }: Face): string {
  const given = [...givenAnswers(answers, prospect.defaults)];
  if (given.length === 0) return say('welcome.all-default');
  return given.map(([field, { value }]) => `${keyOf(field)}: ${value}`).join(', ');
}

export function welcomeOptions(state: WizardState, face: Face): readonly Option[] {
  const { say } = face;
  return welcomeChoices(state).map((choice): Option => {
    const label = say(`welcome.${choice}`);
    switch (choice) {
      case 'same':
        return { label, hint: choicesText(state, face) };
      case 'begin':
        return { label, hint: say('welcome.begin-hint') };
      case 'plan':
        return { label, hint: say('welcome.plan-hint') };
      default:
        return { label };
    }
  });
}

function outcomeText({ ended }: PastRun, { say }: Face): string {
  if (!ended) return say('outcome.broken-off');
  return say(`outcome.${ended.outcome}`, { time: formatSeconds(ended.seconds) });
}

/** @param now milliseconds since the epoch */
function standingLines({ standing }: WizardState, now: number, canvas: Canvas): string[] {
  if (!standing) return [];
  const { face } = canvas;
  const { say, style } = face;
  const { nodes, images, lastRun } = standing;
  const network = nodes
    ? say('welcome.nodes', { running: String(nodes.running), all: String(nodes.all) })
    : say('welcome.no-network');
  const here = say('welcome.images', { here: String(images.here), all: String(images.all) });
  const sign = nodes && nodes.running > 0 ? style.good(style.symbol.good) : style.dim(style.symbol.dot);
  const past =
    lastRun &&
    say('welcome.last-run', {
      command: lastRun.command,
      outcome: outcomeText(lastRun, face),
      time: formatSeconds(Math.max(0, now - lastRun.startedAt) / 1000),
    });
  return [
    ...sentence(`${sign} ${say('list.two', { first: network, second: here })}`, canvas, 2),
    ...(past === undefined ? [] : sentence(`${style.dim(style.symbol.dot)} ${past}`, canvas, 2)),
  ];
}

/** What `doctor --fix` takes, where a row's way out is one of its repairs. */
export function repairOf({ status, fix }: DoctorCheck): string | undefined {
  return status === 'ok'
    ? undefined
    : /^fabric-wizard doctor --fix (\w+)$/.exec(typeof fix === 'string' ? fix : '')?.[1];
}

/** The first repair that a key can begin: of what is in the way, then of what is worth knowing. */
export function nextRepair({ doctor }: WizardState): string | undefined {
  const byWeight = (['fail', 'warn'] as const).flatMap((status) =>
    doctor.rows.filter((row) => row.status === status),
  );
  return byWeight.map(repairOf).find((code) => code !== undefined);
}

function repairLines({ repair }: WizardState, canvas: Canvas): string[] {
  if (!repair) return [];
  const { say, style } = canvas.face;
  const { code, said, ended, failure } = repair;
  if (!ended) return sentence(say('welcome.repairing', { code, said }), canvas, 2).map(style.warn);
  if (!failure) return sentence(say('welcome.repaired', { code }), canvas, 1).map(style.good);
  const why = describeFailure(failure, canvas.face).title;
  return sentence(say('welcome.not-repaired', { code, why }), canvas, 3).map(style.bad);
}

function rowLines(row: DoctorCheck, canvas: Canvas): string[] {
  const { style, say } = canvas.face;
  const isFail = row.status === 'fail';
  const sign = isFail ? style.bad(style.symbol.bad) : style.warn(style.symbol.warn);
  const [first = '', ...more] = sentence(
    say('plain.because', { what: row.id, why: row.detail }),
    { ...canvas, columns: canvas.columns - 2 },
    3,
  );
  const fix = row.fix === undefined ? [] : sentence(say('welcome.fix', { fix: row.fix }), canvas, 3, '  ');
  return [`${sign} ${first}`, ...more.map((line) => `  ${line}`), ...fix.map(style.dim)];
}

/** What is in the way first, then what is worth knowing, then by name what is fine. */
function doctorLines({ doctor }: WizardState, canvas: Canvas): string[] {
  const { say, style } = canvas.face;
  const of = (status: DoctorCheck['status']) => doctor.rows.filter((row) => row.status === status);
  const [failed, warned, fine] = [of('fail'), of('warn'), of('ok')];
  const looking =
    doctor.all === 0
      ? say('app.loading')
      : say('welcome.looking', { done: String(doctor.rows.length), all: String(doctor.all) });
  const verdict =
    failed.length > 0
      ? style.bad(say('welcome.failed', { count: String(failed.length) }))
      : warned.length > 0
        ? style.warn(say('welcome.warned'))
        : style.good(say('welcome.ready'));
  const ids = fine.map(({ id }) => id).join(', ');
  return [
    doctor.asking ? style.dim(fitted(looking, canvas.columns, canvas.face)) : verdict,
    ...failed.flatMap((row) => rowLines(row, canvas)),
    ...warned.flatMap((row) => rowLines(row, canvas)),
    ...(ids === '' ? [] : sentence(say('welcome.fine', { ids }), canvas, 3).map(style.dim)),
  ];
}

/** Everything below the choices, before it is cut to the rows that there are. */
export function welcomeLines(state: WizardState, now: number, canvas: Canvas): string[] {
  const { style } = canvas.face;
  if (state.refused) return renderFailure(state.refused, { style, columns: canvas.columns });
  const standing = standingLines(state, now, canvas);
  return [
    ...standing,
    ...(standing.length > 0 ? [''] : []),
    ...repairLines(state, canvas),
    ...doctorLines(state, canvas),
  ];
}
