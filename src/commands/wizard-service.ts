/** The wizard's work: scans machine and folder, loads sources, validates and saves the answers. */
import { join } from 'node:path';
import { issuesOf, presetIssuesOf, withAnswer, withPreset } from '../pipeline/config/answer-checks.ts';
import {
  type AnsweredChoices,
  type AnswerValue,
  answeredChoices,
  answersOf,
  choicesForFile,
  defaultAnswers,
  nonDefaultChoices,
  textOf,
  valuesOf,
} from '../pipeline/config/answers.ts';
import { commandLine, commandWords } from '../pipeline/config/command-line.ts';
import { defaultProject, type EffectiveConfig, loadAnswers } from '../pipeline/config/config.ts';
import { CHOICES, type ChoiceField, CONFIG_FILE } from '../pipeline/config/config-choices.ts';
import { configText, saveChoices } from '../pipeline/config/config-file.ts';
import type { Preset } from '../pipeline/config/presets.ts';
import { CancelledError, toFailure, WizardFailure } from '../pipeline/core/failure.ts';
import type { Text } from '../pipeline/core/phrase.ts';
import { CHECKS, rowOf, runChecks } from '../pipeline/doctor/doctor.ts';
import { spaceAt } from '../pipeline/doctor/host-probes.ts';
import { repair, repairCodeOf } from '../pipeline/doctor/repairs.ts';
import { currentDocker } from '../pipeline/engine/current-docker.ts';
import type { DockerPort } from '../pipeline/engine/docker-port.ts';
import { readCoreYaml } from '../pipeline/fabric/core-yaml.ts';
import { apiForPeers } from '../pipeline/fabric/engine-api.ts';
import { parseCoreYaml } from '../pipeline/fabric/peer-config.ts';
import { type FabricSource, type LocalOptions, resolveSource } from '../pipeline/fabric/source.ts';
import { findSource, sourceCandidates } from '../pipeline/fabric/source-candidates.ts';
import { exists } from '../pipeline/host/files.ts';
import { hostGoArch } from '../pipeline/host/go-arch.ts';
import { expandHome } from '../pipeline/host/home-folder.ts';
import { STATE_FOLDER } from '../pipeline/host/state-folder.ts';
import { withJournal } from '../pipeline/journal/journal.ts';
import { readProjectInfo } from '../pipeline/project/project-info.ts';
import { readProjectStatus } from '../pipeline/project/project-status.ts';
import { wizardPreview } from '../pipeline/resolve/wizard-preview.ts';
import type { WizardActions } from '../screens/wizard/wizard-actions.ts';
import type { Equivalent, RepairState, WizardState } from '../screens/wizard/wizard-state.ts';
import type { Store } from '../ui/store.ts';
import { doctorInput } from './doctor.ts';
import { loadEffectiveConfig } from './load-config.ts';
import { PortCheck } from './port-check.ts';
import type { Terminal } from './terminal.ts';

export interface WizardOptions {
  readonly terminal: Terminal;
  readonly flags: Readonly<Record<string, unknown>>;
}

/** Time limit for all checks together. */
const DOCTOR_LIMITS = { engineMs: 8500, allMs: 10_000 };
/** A typed path is examined this long after the last key. */
const TYPING_MS = 250;
/** Sources are listed without the engine if it does not answer in this time. */
const ENGINE_MS = 1500;

interface Engine {
  /** Go's name; this machine's architecture until an engine has answered. */
  readonly arch: string;
  /** Tags of all images; undefined if no engine answers. */
  readonly tags: readonly string[] | undefined;
}

/** State that is read from flags, file and last run. */
type Saved = Pick<WizardState, 'answers' | 'returning'>;

export class WizardService implements WizardActions {
  readonly #store: Store<WizardState>;
  readonly #terminal: Terminal;
  readonly #saved: Saved;
  readonly #project: string;
  /** The engine, once it has answered. */
  #docker: DockerPort | undefined;
  readonly #end = new AbortController();
  readonly #portCheck = new PortCheck((ports) => this.#store.updateNow((state) => ({ ...state, ports })));
  #engine: Engine = { arch: hostGoArch(), tags: undefined };
  #scanning: Promise<void> | undefined;
  #selecting: AbortController | undefined;
  #typing: NodeJS.Timeout | undefined;

  /** Use `openWizard`. */
  constructor(terminal: Terminal, store: Store<WizardState>, saved: Saved) {
    this.#store = store;
    this.#terminal = terminal;
    this.#saved = saved;
    this.#project = defaultProject(terminal.dir);
  }

  /** Publishes what was loaded. */
  begin(): void {
    this.#change(({ loadFailure: _, ...state }) => ({ ...state, loaded: true, ...this.#saved }));
  }

  scan(): void {
    if (this.#scanning) return;
    const scans = [this.#scanEngine(), this.#scanMachine(), this.#scanCandidates(), this.#scanSource()];
    this.#scanning = Promise.all(scans)
      .then(() => undefined)
      .finally(() => {
        this.#scanning = undefined;
      });
  }

  repair(text: string): void {
    const code = repairCodeOf(text);
    const { repair: previous } = this.#store.now();
    if (code === undefined || (previous && !previous.ended)) return;
    const show = (more: Partial<RepairState>) =>
      this.#change((state) => ({
        ...state,
        repair: { code, notice: '', ended: false, ...state.repair, ...more },
      }));
    this.#change((state) => ({ ...state, repair: undefined }));
    show({});
    const onNotice = (notice: Text) => show({ notice });
    const setup = { allowInstall: true, onNotice, signal: this.#end.signal };
    void doctorInput(this.#terminal, valuesOf(this.#store.now().answers))
      .then((input) => repair(code, setup, input))
      .then(
        () => show({ ended: true }),
        (error: unknown) => show({ ended: true, failure: toFailure(error) }),
      )
      .then(() => this.#scanning)
      .then(() => this.scan());
  }

  answer(field: ChoiceField, text: string): void {
    this.#change((state) => ({ ...state, answers: withAnswer(state.answers, field, text) }));
  }

  applyPreset(preset: Preset): void {
    this.#change((state) => ({ ...state, answers: withPreset(state.answers, preset) }));
  }

  resetAnswers(): void {
    this.#change((state) => ({ ...state, answers: defaultAnswers(state.answers) }));
    void this.#scanSource();
  }

  checkPorts(): void {
    this.#portCheck.reset();
    this.#updatePorts();
  }

  previewSource(choice: string): void {
    clearTimeout(this.#typing);
    this.#change((state) => ({ ...state, typed: { choice, finding: undefined } }));
    if (choice === '') return;
    this.#typing = setTimeout(() => {
      const finding = this.#folders().then((folders) => findSource(expandHome(choice), folders));
      void finding.then((finding) =>
        this.#change((state) =>
          state.typed.choice === choice ? { ...state, typed: { choice, finding } } : state,
        ),
      );
    }, TYPING_MS);
  }

  selectSource(choice: string): void {
    this.cancelSource();
    const abort = new AbortController();
    this.#selecting = abort;
    this.answer('source', choice === CHOICES.source.defaultValue?.() ? '' : choice);
    const show = (source: WizardState['source']) =>
      this.#selecting === abort && this.#change((state) => ({ ...state, source }));
    const onLine = (progress: string) => show({ kind: 'loading', choice, progress });
    onLine('');
    void this.#loadSource(choice, AbortSignal.any([abort.signal, this.#end.signal]), onLine)
      .then(
        async (source) => {
          // The practice source is a fallback: the answer must name it.
          if (source.fallback !== undefined) this.answer('source', 'sample');
          show(await this.#readySource(source.fallback === undefined ? choice : 'sample', source));
        },
        (error: unknown) =>
          show(
            error instanceof CancelledError
              ? { kind: 'none' }
              : { kind: 'failed', choice, failure: toFailure(error) },
          ),
      )
      .finally(() => {
        if (this.#selecting === abort) this.#selecting = undefined;
      });
  }

  cancelSource(): void {
    this.#selecting?.abort();
  }

  showEquivalent(): void {
    void this.equivalent().then((equivalent) => this.#change((state) => ({ ...state, equivalent })));
  }

  /** The current answers as a command and as a file. */
  async equivalent(): Promise<Equivalent> {
    const { dir } = this.#terminal;
    const choices = nonDefaultChoices(this.#givenAnswers(), this.#store.now().preview.defaults);
    const elsewhere = dir === process.cwd() ? undefined : dir;
    // Paths in the file are relative to its folder, paths in the command to the current one.
    const values = await this.config().then(
      (config) => config.values,
      () => undefined,
    );
    const flags = [...choices].map(([field, value]) => {
      const isPath = CHOICES[field].path !== undefined && elsewhere !== undefined;
      return [field, isPath ? String(values?.[field] ?? value) : value] as const;
    });
    const command = commandLine(commandWords('up', new Map(flags), elsewhere));
    const file = configText(undefined, choices);
    return { command, file };
  }

  /** The answers as configuration. @throws WizardFailure `config` */
  config(): Promise<EffectiveConfig> {
    return loadAnswers(this.#terminal.dir, this.#givenAnswers());
  }

  /** Writes the answers to fabric-wizard.yaml. @throws WizardFailure */
  async save(): Promise<void> {
    await saveChoices(this.#terminal.dir, choicesForFile(this.#givenAnswers()));
  }

  /** Cancels all work. */
  close(): void {
    clearTimeout(this.#typing);
    this.#portCheck.close();
    this.#end.abort();
  }

  /** Answers that the user, the file or the last run has given, with `~` expanded. */
  #givenAnswers(): AnsweredChoices {
    const { answers, preview } = this.#store.now();
    const given = [...answeredChoices(answers, preview.defaults)].map(([field, answer]) => {
      const value: AnswerValue =
        CHOICES[field].path === undefined ? answer.value : expandHome(String(answer.value));
      return [field, { ...answer, value }] as const;
    });
    return new Map(given);
  }

  async #folders(): Promise<LocalOptions> {
    const { dir, packageDir } = this.#terminal;
    // The default release depends on the engine.
    const version = await currentDocker(this.#end.signal)
      .then((docker) => docker.version(ENGINE_MS, this.#end.signal))
      .catch(() => undefined);
    const engine = apiForPeers(valuesOf(this.#store.now().answers), version);
    return { dir, stateDir: join(dir, STATE_FOLDER), sampleDir: join(packageDir, 'sample'), engine };
  }

  #change(change: (state: WizardState) => WizardState): void {
    this.#store.updateNow((previous) => {
      const state = change(previous);
      if (state.answers === previous.answers && state.source === previous.source) return state;
      const release = state.source.kind === 'ready' ? state.source.source.release : undefined;
      return {
        ...state,
        issues: issuesOf(state.answers, release),
        presetIssues: presetIssuesOf(state.answers, release),
        preview: this.#preview(state),
      };
    });
    this.#updatePorts();
  }

  #updatePorts(): void {
    if (this.#end.signal.aborted) return;
    const { network } = this.#store.now().preview;
    this.#portCheck.check(network, this.#docker);
  }

  #preview({ answers, source }: WizardState): WizardState['preview'] {
    return wizardPreview({
      answers,
      project: this.#project,
      source: source.kind === 'ready' ? source : undefined,
      engine: this.#engine,
    });
  }

  async #scanEngine(): Promise<void> {
    const { dir, packageDir } = this.#terminal;
    const config = valuesOf(this.#store.now().answers);
    try {
      const docker = await currentDocker(this.#end.signal);
      const [{ arch, api, minApi }, images, { rootDir }] = await Promise.all([
        docker.version(undefined, this.#end.signal),
        docker.listImages(),
        docker.info(),
      ]);
      this.#docker = docker;
      const engineApi = { api, minApi };
      this.#engine = { arch, tags: images.flatMap(({ tags }) => tags) };
      const project = await readProjectInfo(dir, config, { packageDir });
      const [status, room] = await Promise.all([readProjectStatus(docker, project), spaceAt(rootDir)]);
      this.#change((state) => ({
        ...state,
        status,
        room: room?.free,
        engineApi,
        preview: this.#preview(state),
      }));
    } catch {
      // The checks report that no engine answers.
      this.#docker = undefined;
      this.#engine = { ...this.#engine, tags: undefined };
      this.#change((state) => ({
        ...state,
        status: undefined,
        engineApi: undefined,
        preview: this.#preview(state),
      }));
    }
  }

  async #scanMachine(): Promise<void> {
    this.#change((state) => ({ ...state, doctor: { rows: [], total: CHECKS.length, running: true } }));
    const config = valuesOf(this.#store.now().answers);
    const input = await doctorInput(this.#terminal, config);
    const order = new Map(CHECKS.map(({ id }, i) => [id, i]));
    await runChecks(CHECKS, input, DOCTOR_LIMITS, this.#end.signal, (judged) =>
      this.#store.update((state) => {
        const rows = [...state.doctor.rows, rowOf(judged)].sort(
          (a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0),
        );
        return { ...state, doctor: { ...state.doctor, rows } };
      }),
    );
    this.#change((state) => ({ ...state, doctor: { ...state.doctor, running: false } }));
  }

  async #scanCandidates(): Promise<void> {
    const choice = textOf(this.#store.now().answers, 'source') || 'auto';
    const candidates = await sourceCandidates(expandHome(choice), await this.#folders());
    this.#change((state) => ({ ...state, candidates }));
  }

  /** Reads the answered source if it is local: the welcome screen can skip the source screen. */
  async #scanSource(): Promise<void> {
    const choice = textOf(this.#store.now().answers, 'source') || 'auto';
    const finding = await findSource(expandHome(choice), await this.#folders());
    const source =
      finding.kind === 'here' ? await this.#readySource(choice, finding.source) : { kind: 'none' as const };
    this.#change((state) => (state.source.kind === 'loading' ? state : { ...state, source }));
  }

  async #readySource(choice: string, source: FabricSource): Promise<WizardState['source']> {
    const { text } = await readCoreYaml(source.dir);
    return { kind: 'ready', choice, source, core: parseCoreYaml(text ?? '') };
  }

  async #loadSource(
    choice: string,
    signal: AbortSignal,
    onLine: (line: string) => void,
  ): Promise<FabricSource> {
    const folders = await this.#folders();
    const expanded = expandHome(choice);
    const finding = await findSource(expanded, folders);
    if (finding.kind === 'here') return finding.source;
    if (finding.kind === 'unusable') throw new WizardFailure(finding.failure);
    // The lock: two processes that clone the same tag would write to the same folder.
    return withJournal(folders.dir, 'fabric-wizard up', () =>
      resolveSource(expanded, { ...folders, signal, onLine }),
    );
  }
}

/** Reads flags, file and last run; changes nothing before `begin`. @throws WizardFailure `config`, `state-newer` */
export async function openWizard(
  { terminal, flags }: WizardOptions,
  store: Store<WizardState>,
): Promise<WizardService> {
  const { dir } = terminal;
  const config = await loadEffectiveConfig(dir, flags);
  const existing = await Promise.all(
    [CONFIG_FILE, join(STATE_FOLDER, 'runs')].map((path) => exists(join(dir, path))),
  );
  return new WizardService(terminal, store, {
    answers: answersOf(config),
    returning: existing.includes(true),
  });
}
