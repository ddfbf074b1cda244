/** What the screens that ask have done: it looks around, gets sources, checks and keeps the answers. */

import { homedir } from 'node:os';
import { join } from 'node:path';
import { issuesOf, withAnswer } from '../pipeline/config/answer-checks.ts';
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
import { CancelledError, toFailure, WizardFailure } from '../pipeline/core/failure.ts';
import type { Text } from '../pipeline/core/phrase.ts';
import { CHECKS, rowOf, runChecks } from '../pipeline/doctor/doctor.ts';
import { roomAt } from '../pipeline/doctor/host-probes.ts';
import { repair, repairCodeOf } from '../pipeline/doctor/repairs.ts';
import { DockerPort } from '../pipeline/engine/docker-port.ts';
import { parseCoreYaml } from '../pipeline/fabric/peer-config.ts';
import { type FabricSource, type LocalOptions, resolveSource } from '../pipeline/fabric/source.ts';
import { findSource, sourceCandidates } from '../pipeline/fabric/source-candidates.ts';
import { exists } from '../pipeline/host/files.ts';
import { hostGoArch } from '../pipeline/host/go-arch.ts';
import { STATE_FOLDER } from '../pipeline/host/state-folder.ts';
import { openJournal, removeUnusedFolder } from '../pipeline/journal/journal.ts';
import { readProjectInfo } from '../pipeline/project/project-info.ts';
import { readProjectStatus } from '../pipeline/project/project-status.ts';
import { readCoreYaml } from '../pipeline/resolve/read-configuration.ts';
import { wizardPreview } from '../pipeline/resolve/wizard-preview.ts';
import type { Equivalent, RepairState, WizardState } from '../screens/wizard/wizard-state.ts';
import type { Store } from '../ui/store.ts';
import { doctorInput } from './doctor.ts';
import { loadEffectiveConfig } from './load-config.ts';
import { PortCheck } from './port-check.ts';
import type { Terminal } from './terminal.ts';
import type { WizardOptions } from './wizard-controller.ts';

/** For all checks together; the rows come as they are judged. */
const DOCTOR_MS = 10_000;
/** After the last key: a path is not looked at letter by letter. */
const TYPING_MS = 250;
/** Sources are listed without the engine if it does not answer in this time. */
const ENGINE_MS = 1500;

interface Engine {
  /** As Go names it. Until an engine has said so: this machine's. */
  readonly arch: string;
  readonly tags: readonly string[] | undefined;
}

/** What there was before anything was asked. */
type Found = Pick<WizardState, 'answers' | 'returning'>;

export class WizardService {
  readonly #store: Store<WizardState>;
  readonly #terminal: Terminal;
  readonly #found: Found;
  readonly #project: string;
  readonly #docker = new DockerPort();
  readonly #end = new AbortController();
  readonly #ports = new PortCheck((ports) => this.#store.updateNow((state) => ({ ...state, ports })));
  #engine: Engine = { arch: hostGoArch(), tags: undefined };
  #looking: Promise<void> | undefined;
  #clone: AbortController | undefined;
  #considering: NodeJS.Timeout | undefined;

  /** Use `openQuestions`. */
  constructor(terminal: Terminal, store: Store<WizardState>, found: Found) {
    this.#store = store;
    this.#found = found;
    this.#terminal = terminal;
    this.#project = defaultProject(terminal.dir);
  }

  /** Shows what was read. */
  begin(): void {
    this.#change(({ refused: _, ...state }) => ({ ...state, opened: true, ...this.#found }));
  }

  look(): void {
    if (this.#looking) return;
    const looks = [this.#lookAtEngine(), this.#lookAtMachine(), this.#lookForSources(), this.#lookAtSource()];
    this.#looking = Promise.all(looks)
      .then(() => undefined)
      .finally(() => {
        this.#looking = undefined;
      });
  }

  repair(text: string): void {
    const code = repairCodeOf(text);
    const { repair: before } = this.#store.now();
    if (code === undefined || (before && !before.ended)) return;
    const show = (more: Partial<RepairState>) =>
      this.#change((state) => ({
        ...state,
        repair: { code, said: '', ended: false, ...state.repair, ...more },
      }));
    this.#change((state) => ({ ...state, repair: undefined }));
    show({});
    const onNotice = (said: Text) => show({ said });
    void repair(code, { allowInstall: true, onNotice, signal: this.#end.signal })
      .then(
        () => show({ ended: true }),
        (error: unknown) => show({ ended: true, failure: toFailure(error) }),
      )
      .then(() => this.#looking)
      .then(() => this.look());
  }

  answer(field: ChoiceField, text: string): void {
    this.#change((state) => ({ ...state, answers: withAnswer(state.answers, field, text) }));
  }

  forget(): void {
    this.#change((state) => ({ ...state, answers: defaultAnswers(state.answers) }));
    void this.#lookAtSource();
  }

  askPorts(): void {
    this.#ports.forget();
    this.#lookAtPorts();
  }

  consider(choice: string): void {
    clearTimeout(this.#considering);
    this.#change((state) => ({ ...state, typed: { choice, finding: undefined } }));
    if (choice === '') return;
    this.#considering = setTimeout(() => {
      const finding = this.#where().then((where) => findSource(inHome(choice), where));
      void finding.then((finding) =>
        this.#change((state) =>
          state.typed.choice === choice ? { ...state, typed: { choice, finding } } : state,
        ),
      );
    }, TYPING_MS);
  }

  take(choice: string): void {
    this.stop();
    const clone = new AbortController();
    this.#clone = clone;
    this.answer('source', choice === CHOICES.source.defaultValue?.() ? '' : choice);
    const show = (source: WizardState['source']) =>
      this.#clone === clone && this.#change((state) => ({ ...state, source }));
    const say = (said: string) => show({ kind: 'getting', choice, said });
    say('');
    void this.#source(choice, AbortSignal.any([clone.signal, this.#end.signal]), say)
      .then(
        async (source) => {
          // The practice source was not asked for: that is said, and stands in the answers.
          if (source.fallback !== undefined) this.answer('source', 'sample');
          show(await this.#here(source.fallback === undefined ? choice : 'sample', source));
        },
        (error: unknown) =>
          show(
            error instanceof CancelledError
              ? { kind: 'none' }
              : { kind: 'failed', choice, failure: toFailure(error) },
          ),
      )
      .finally(() => {
        if (this.#clone === clone) this.#clone = undefined;
      });
  }

  /** Ends a clone. */
  stop(): void {
    this.#clone?.abort();
  }

  /** Shows the answers as a command and as a file. */
  async compare(): Promise<void> {
    const equivalent = await this.equivalent();
    this.#change((state) => ({ ...state, equivalent }));
  }

  /** What the answers are now, as a command and as a file. */
  async equivalent(): Promise<Equivalent> {
    const { dir } = this.#terminal;
    const choices = nonDefaultChoices(this.#given(), this.#store.now().preview.defaults);
    const elsewhere = dir === process.cwd() ? undefined : dir;
    // A path of the file starts at its folder, and one of the command at the current one.
    const values = await this.choices().then(
      (config) => config.values,
      () => undefined,
    );
    const typed = [...choices].map(([field, value]) => {
      const isPath = CHOICES[field].path !== undefined && elsewhere !== undefined;
      return [field, isPath ? String(values?.[field] ?? value) : value] as const;
    });
    const command = commandLine(commandWords('up', new Map(typed), elsewhere));
    const file = configText(undefined, choices);
    return { command, file };
  }

  /** The answers as choices. @throws WizardFailure `config` */
  choices(): Promise<EffectiveConfig> {
    return loadAnswers(this.#terminal.dir, this.#given());
  }

  /** Writes what was answered to fabric-wizard.yaml. @throws WizardFailure */
  async keep(): Promise<void> {
    await saveChoices(this.#terminal.dir, choicesForFile(this.#given()));
  }

  /** Ends everything that is under way. */
  close(): void {
    clearTimeout(this.#considering);
    this.#ports.close();
    this.#end.abort();
  }

  #given(): AnsweredChoices {
    const { answers, preview } = this.#store.now();
    const given = [...answeredChoices(answers, preview.defaults)].map(([field, answer]) => {
      const value: AnswerValue =
        CHOICES[field].path === undefined ? answer.value : inHome(String(answer.value));
      return [field, { ...answer, value }] as const;
    });
    return new Map(given);
  }

  async #where(): Promise<LocalOptions> {
    const { dir, packageDir } = this.#terminal;
    // The default release depends on the engine.
    const engine = await this.#docker.version(ENGINE_MS, this.#end.signal).catch(() => undefined);
    return { dir, stateDir: join(dir, STATE_FOLDER), sampleDir: join(packageDir, 'sample'), engine };
  }

  #change(change: (state: WizardState) => WizardState): void {
    this.#store.updateNow((before) => {
      const state = change(before);
      if (state.answers === before.answers && state.source === before.source) return state;
      const line = state.source.kind === 'here' ? state.source.source.release : undefined;
      return { ...state, issues: issuesOf(state.answers, line), preview: this.#prospect(state) };
    });
    this.#lookAtPorts();
  }

  #lookAtPorts(): void {
    if (this.#end.signal.aborted) return;
    const { network } = this.#store.now().preview;
    this.#ports.look(network, this.#engine.tags === undefined ? undefined : this.#docker);
  }

  #prospect({ answers, source }: WizardState): WizardState['preview'] {
    return wizardPreview({
      answers,
      project: this.#project,
      source: source.kind === 'here' ? source : undefined,
      engine: this.#engine,
    });
  }

  async #lookAtEngine(): Promise<void> {
    const { dir, packageDir } = this.#terminal;
    const config = valuesOf(this.#store.now().answers);
    try {
      const [{ arch, api, minApi }, images, { rootDir }] = await Promise.all([
        this.#docker.version(undefined, this.#end.signal),
        this.#docker.listImages(),
        this.#docker.info(),
      ]);
      const engineApi = { api, minApi };
      this.#engine = { arch, tags: images.flatMap(({ tags }) => tags) };
      const run = await readProjectInfo(dir, config, { packageDir });
      const [status, room] = await Promise.all([readProjectStatus(this.#docker, run), roomAt(rootDir)]);
      this.#change((state) => ({
        ...state,
        status,
        room: room?.free,
        engineApi,
        preview: this.#prospect(state),
      }));
    } catch {
      // That no engine answers is one of doctor's rows.
      this.#engine = { ...this.#engine, tags: undefined };
      this.#change((state) => ({
        ...state,
        status: undefined,
        engineApi: undefined,
        preview: this.#prospect(state),
      }));
    }
  }

  async #lookAtMachine(): Promise<void> {
    this.#change((state) => ({ ...state, doctor: { rows: [], all: CHECKS.length, asking: true } }));
    const config = valuesOf(this.#store.now().answers);
    const input = await doctorInput(this.#terminal, config);
    const order = new Map(CHECKS.map(({ id }, i) => [id, i]));
    await runChecks(CHECKS, input, DOCTOR_MS, this.#end.signal, (judged) =>
      this.#store.update((state) => {
        const rows = [...state.doctor.rows, rowOf(judged)].sort(
          (a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0),
        );
        return { ...state, doctor: { ...state.doctor, rows } };
      }),
    );
    this.#change((state) => ({ ...state, doctor: { ...state.doctor, asking: false } }));
  }

  async #lookForSources(): Promise<void> {
    const chosen = textOf(this.#store.now().answers, 'source') || 'auto';
    const candidates = await sourceCandidates(inHome(chosen), await this.#where());
    this.#change((state) => ({ ...state, candidates }));
  }

  /** What the answers mean, as far as it is here: whoever goes straight to the plan has not chosen one. */
  async #lookAtSource(): Promise<void> {
    const choice = textOf(this.#store.now().answers, 'source') || 'auto';
    const finding = await findSource(inHome(choice), await this.#where());
    const source =
      finding.kind === 'here' ? await this.#here(choice, finding.source) : { kind: 'none' as const };
    this.#change((state) => (state.source.kind === 'getting' ? state : { ...state, source }));
  }

  async #here(choice: string, source: FabricSource): Promise<WizardState['source']> {
    const { text } = await readCoreYaml(source.dir);
    return { kind: 'here', choice, source, core: parseCoreYaml(text ?? '') };
  }

  async #source(choice: string, signal: AbortSignal, onLine: (line: string) => void): Promise<FabricSource> {
    const where = await this.#where();
    const real = inHome(choice);
    const finding = await findSource(real, where);
    if (finding.kind === 'here') return finding.source;
    if (finding.kind === 'unusable') throw new WizardFailure(finding.failure);
    const isNewFolder = !(await exists(where.stateDir));
    // Two that clone the same tag would write to one folder.
    const journal = await openJournal(where.dir, { command: 'fabric-wizard up' });
    try {
      const cloneUrl = finding.fromHere ? where.dir : undefined;
      return await resolveSource(real, { ...where, cloneUrl, signal, onLine });
    } finally {
      await journal.close();
      if (isNewFolder) await removeUnusedFolder(where.stateDir);
    }
  }
}

/** `~/fabric`, as a shell would hand it on. */
function inHome(path: string): string {
  return path.replace(/^~(?=\/|$)/, homedir());
}

/** Reads flags, file and last run; nothing is shown before `begin`. @throws WizardFailure `config`, `state-newer` */
export async function openWizard(
  { terminal, flags }: WizardOptions,
  store: Store<WizardState>,
): Promise<WizardService> {
  const { dir } = terminal;
  const config = await loadEffectiveConfig(dir, flags);
  const traces = await Promise.all(
    [CONFIG_FILE, join(STATE_FOLDER, 'runs')].map((path) => exists(join(dir, path))),
  );
  return new WizardService(terminal, store, { answers: answersOf(config), returning: traces.includes(true) });
}
