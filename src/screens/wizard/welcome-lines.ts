/** PURE: the welcome screen: its choices, the project's status, and the results of the machine checks. */
import { answeredChoices, areAsLastTime } from '../../pipeline/config/answers.ts';
import { keyOf } from '../../pipeline/config/config-choices.ts';
import { PRESETS } from '../../pipeline/config/presets.ts';
import type { DoctorCheck } from '../../pipeline/core/doctor-report.ts';
import type { PastRun } from '../../pipeline/journal/run-record.ts';
import { renderFailure } from '../../report/failure-block.ts';
import { describeFailure } from '../../report/failure-text.ts';
import { formatSeconds } from '../../report/quantities.ts';
import type { Option } from '../../ui/choice.tsx';
import type { Theme } from '../../ui/theme.tsx';
import { type Canvas, fitted, sentence } from './canvas.ts';
import type { WizardState } from './wizard-state.ts';

export type WelcomeChoice = 'same' | 'network' | 'change' | 'preset' | 'fresh' | 'begin' | 'plan';

/** Screens of at least this height have a blank row after the first sentence. */
const ROOMY_ROWS = 20;

/** The first one is the default. */
export function welcomeChoices({ loaded, returning, status }: WizardState): readonly WelcomeChoice[] {
  if (!loaded) return [];
  if (!returning) return ['begin', 'plan', 'preset'];
  const runs = (status?.nodes?.running ?? 0) > 0;
  return runs ? ['same', 'network', 'change', 'preset', 'fresh'] : ['same', 'change', 'preset', 'fresh'];
}

/** `source: sample, orgs: 3` */
function choicesText({ answers, preview }: WizardState, { t }: Theme): string {
  const given = [...answeredChoices(answers, preview.defaults)];
  if (given.length === 0) return t('welcome.all-default');
  return given.map(([field, { value }]) => `${keyOf(field)}: ${value}`).join(', ');
}

export function welcomeOptions(state: WizardState, theme: Theme): readonly Option[] {
  const { t } = theme;
  return welcomeChoices(state).map((choice): Option => {
    switch (choice) {
      case 'same':
      case 'plan': {
        const isSame = choice === 'same' && areAsLastTime(state.answers);
        return { label: t(isSame ? 'welcome.same' : 'welcome.plan'), hint: choicesText(state, theme) };
      }
      case 'begin':
        return { label: t('welcome.begin'), hint: t('welcome.begin-hint') };
      case 'preset':
        return { label: t('welcome.preset'), hint: PRESETS.join(', ') };
      default:
        return { label: t(`welcome.${choice}`) };
    }
  });
}

function outcomeText({ ended, goesOn }: PastRun, { t }: Theme): string {
  if (!ended) return t(goesOn ? 'outcome.goes-on' : 'outcome.broken-off');
  return t(`outcome.${ended.outcome}`, { time: formatSeconds(ended.seconds) });
}

/** @param now milliseconds since the epoch */
function statusLines({ status }: WizardState, now: number, canvas: Canvas): string[] {
  if (!status) return [];
  const { theme } = canvas;
  const { t, style } = theme;
  const { nodes, images, lastRun } = status;
  const network = nodes
    ? t('welcome.nodes', { running: String(nodes.running), all: String(nodes.all) })
    : t('welcome.no-network');
  const here = t('welcome.images', { here: String(images.here), all: String(images.all) });
  const sign = nodes && nodes.running > 0 ? style.good(style.symbol.good) : style.dim(style.symbol.dot);
  const past =
    lastRun &&
    t('welcome.last-run', {
      command: lastRun.command,
      outcome: outcomeText(lastRun, theme),
      time: formatSeconds(Math.max(0, now - lastRun.startedAt) / 1000),
    });
  return [
    ...sentence(`${sign} ${t('list.two', { first: network, second: here })}`, canvas, 2),
    ...(past === undefined ? [] : sentence(`${style.dim(style.symbol.dot)} ${past}`, canvas, 2)),
  ];
}

/** The CODE of `doctor --fix CODE` if a row offers one. */
export function repairOf({ status, fix }: DoctorCheck): string | undefined {
  return status === 'ok'
    ? undefined
    : /^fabric-wizard doctor --fix (\w+)$/.exec(typeof fix === 'string' ? fix : '')?.[1];
}

/** The first repair that a key can start: failures first, then warnings. */
export function nextRepair({ doctor }: WizardState): string | undefined {
  const bySeverity = (['fail', 'warn', 'unknown'] as const).flatMap((status) =>
    doctor.rows.filter((row) => row.status === status),
  );
  return bySeverity.map(repairOf).find((code) => code !== undefined);
}

function repairLines({ repair }: WizardState, canvas: Canvas): string[] {
  if (!repair) return [];
  const { t, style } = canvas.theme;
  const { code, notice, ended, failure } = repair;
  if (!ended) return sentence(t('welcome.repairing', { code, said: notice }), canvas, 2).map(style.warn);
  if (!failure) return sentence(t('welcome.repaired', { code }), canvas, 1).map(style.good);
  const why = describeFailure(failure, canvas.theme).title;
  return sentence(t('welcome.not-repaired', { code, why }), canvas, 3).map(style.bad);
}

function rowLines(row: DoctorCheck, canvas: Canvas): string[] {
  const { style, t } = canvas.theme;
  const marker =
    row.status === 'fail'
      ? style.bad(style.symbol.bad)
      : style.warn(row.status === 'unknown' ? '?' : style.symbol.warn);
  const [first = '', ...more] = sentence(
    t('plain.because', { what: row.id, why: row.detail }),
    { ...canvas, columns: canvas.columns - 2 },
    3,
  );
  const given = typeof row.fix === 'string' ? style.command(row.fix) : row.fix;
  const fix = given === undefined ? [] : sentence(t('welcome.fix', { fix: given }), canvas, 3, '  ');
  return [`${marker} ${first}`, ...more.map((line) => `  ${line}`), ...fix.map(style.dim)];
}

/** Failed checks first, then those without an answer, then warnings, then the names of the checks that passed. */
function doctorLines({ doctor }: WizardState, canvas: Canvas): string[] {
  const { t, style } = canvas.theme;
  const of = (status: DoctorCheck['status']) => doctor.rows.filter((row) => row.status === status);
  const [failed, unknown, warned, passed] = [of('fail'), of('unknown'), of('warn'), of('ok')];
  const progress =
    doctor.total === 0
      ? t('app.loading')
      : t('welcome.looking', { done: String(doctor.rows.length), all: String(doctor.total) });
  const verdict =
    failed.length > 0
      ? style.bad(t('welcome.failed', { count: String(failed.length) }))
      : unknown.length > 0
        ? style.warn(t('welcome.unknown', { count: String(unknown.length) }))
        : warned.length > 0
          ? style.warn(t('welcome.warned'))
          : style.good(t('welcome.ready'));
  const ids = passed.map(({ id }) => id).join(', ');
  return [
    doctor.running ? style.dim(fitted(progress, canvas.columns, canvas.theme)) : verdict,
    ...failed.flatMap((row) => rowLines(row, canvas)),
    ...unknown.flatMap((row) => rowLines(row, canvas)),
    ...warned.flatMap((row) => rowLines(row, canvas)),
    ...(ids === '' ? [] : sentence(t('welcome.fine', { ids }), canvas, 3).map(style.dim)),
  ];
}

/** What the program is, for those who see it for the first time. Low screens leave out the blank row. */
export function aboutLines(canvas: Canvas): string[] {
  const lines = sentence(canvas.theme.t('welcome.about'), canvas, 5);
  return canvas.rows < ROOMY_ROWS ? lines : [...lines, ''];
}

/** All lines below the choices; may be longer than the screen. */
export function welcomeLines(state: WizardState, now: number, canvas: Canvas): string[] {
  const { style } = canvas.theme;
  if (state.loadFailure)
    return renderFailure(state.loadFailure, { style, columns: canvas.columns, wrapsCommands: true });
  const statusRows = statusLines(state, now, canvas);
  return [
    ...statusRows,
    ...(statusRows.length > 0 ? [''] : []),
    ...repairLines(state, canvas),
    ...doctorLines(state, canvas),
  ];
}
