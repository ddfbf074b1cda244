/** The words of one topic. `{name}` stands for a value of the user's own run. */
export interface TopicText {
  readonly title: string;
  readonly text: string;
  readonly reads?: string;
  readonly writes?: string;
  /** What this language calls it besides; a reader may type any of them. */
  readonly aliases?: readonly string[];
}
